using Levity.Protocol.Supervisor;

namespace Levity.Supervisor.Input;

/// <summary>Who writes to a task, as far as anybody may still ask: the last so many. Only the supervisor's loop touches it.</summary>
internal sealed class InputWriters
{
    // What is kept of each is some bytes. Who is forgotten and comes back is told that nothing of theirs was taken.
    private const int Most = 64;

    // The longest unheard of first.
    private readonly List<InputWriter> _writers = [];

    public IReadOnlyList<InputWriter> All => _writers;

    public static InputWriters Of(IEnumerable<HandedInput.Types.Writer> handed)
    {
        var writers = new InputWriters();
        writers._writers.AddRange(handed.Select(
            writer => new InputWriter(writer.Name) { Taken = writer.Taken, HasEnded = writer.Ended }));
        return writers;
    }

    /// <summary>The writer of this name, who is heard of now; a new one when it is unknown.</summary>
    public InputWriter Get(string name)
    {
        var at = _writers.FindIndex(writer => writer.Name == name);
        var found = at < 0 ? new InputWriter(name) : _writers[at];
        if (at >= 0)
        {
            _writers.RemoveAt(at);
        }
        else if (_writers.Count == Most)
        {
            _writers[0].Tell(closed: false);
            _writers.RemoveAt(0);
        }

        _writers.Add(found);
        return found;
    }
}

/// <summary>One of them.</summary>
internal sealed class InputWriter(string name)
{
    private Action<InputTaken>? _waiting;

    public string Name => name;

    /// <summary>How many bytes of theirs were taken, in all.</summary>
    public ulong Taken { get; set; }

    /// <summary>They have no more.</summary>
    public bool HasEnded { get; set; }

    /// <summary>They are told when there is room. They ask one thing at a time: an older question is answered now.</summary>
    public void WaitForRoom(Action<InputTaken> tell)
    {
        Tell(closed: false);
        _waiting = tell;
    }

    /// <summary>Answers them, if they wait.</summary>
    public void Tell(bool closed)
    {
        var tell = _waiting;
        _waiting = null;
        tell?.Invoke(Report(closed));
    }

    public InputTaken Report(bool closed) => new() { Taken = Taken, Closed = closed || HasEnded };
}
