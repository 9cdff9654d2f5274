using Levity.Linux;
using Levity.Protocol.Supervisor;

namespace Levity.Supervisor.Input;

/// <summary>
/// Where a task's standard input is written: a pipe's end or a terminal. No byte waits in here. What there is no room for
/// stays with who wrote it, and they are told when there is some. Only the supervisor's loop touches it.
/// </summary>
internal sealed class TaskInput(WorkQueue work, SafeFileDescriptor descriptor, bool isTerminal, InputWriters writers)
    : IDisposable
{
    // A task that lets its pipe run full gets a larger one: fewer ways to levityd and back. pipe(7) has 64 KiB.
    private const int GrownPipe = 1024 * 1024;

    private bool _hasGrown;
    private ulong? _watchKey;
    private bool _isClosed;

    public bool IsTerminal => isTerminal;

    /// <summary>Null when nothing can be written any more.</summary>
    public SafeFileDescriptor? Descriptor => _isClosed ? null : descriptor;

    public IReadOnlyList<InputWriter> Writers => writers.All;

    /// <summary>Takes of it what there is room for.</summary>
    /// <param name="tell">Told what was taken: now, or when there is room if nothing was.</param>
    public void Write(WriteInput request, Action<InputTaken> tell)
    {
        var writer = writers.Get(request.Writer);
        if (_isClosed || writer.HasEnded || request.Offset > writer.Taken)
        {
            tell(writer.Report(closed: _isClosed));
            return;
        }

        // What came before is passed over.
        var known = (int)Math.Min(writer.Taken - request.Offset, (ulong)request.Data.Length);
        var rest = request.Data.Span[known..];
        var count = rest.IsEmpty ? 0 : Take(rest);
        writer.Taken += (ulong)(count ?? 0);
        if (count is null)
        {
            Close();
        }
        else if (count == rest.Length && request.End)
        {
            writer.HasEnded = true;
            End();
        }
        else if (count == 0 && !rest.IsEmpty)
        {
            WatchForRoom();
            writer.WaitForRoom(tell);
            return;
        }

        tell(writer.Report(closed: _isClosed));
    }

    /// <summary>Tells the terminal its size; when it knows that already, its processes draw anew.</summary>
    public void Resize(WindowSize size)
    {
        if (_isClosed || !isTerminal)
        {
            return;
        }

        if (size != WindowSize.Of(descriptor))
        {
            size.Set(descriptor);
        }
        else if (PseudoTerminal.ForegroundGroup(descriptor) is { } group)
        {
            // It may be another group's number by now. Who does not know the signal does not notice it.
            ProcessGroup.TrySignal(group, Signals.SIGWINCH);
        }
    }

    /// <summary>Nothing more is taken, and who waits is told so.</summary>
    public void Close()
    {
        if (_isClosed)
        {
            return;
        }

        _isClosed = true;
        Unwatch();
        descriptor.Dispose();
        TellAll();
    }

    /// <summary>What the next program has to know of it, but for the descriptor.</summary>
    public IEnumerable<HandedInput.Types.Writer> SaveWriters() => writers.All.Select(
        writer => new HandedInput.Types.Writer { Name = writer.Name, Taken = writer.Taken, Ended = writer.HasEnded });

    public void Dispose() => Close();

    private int? Take(ReadOnlySpan<byte> bytes)
    {
        var count = DescriptorIO.TryWrite(descriptor, bytes);
        if (count < bytes.Length && !isTerminal && !_hasGrown)
        {
            _hasGrown = true;
            return Pipe.GrowCapacity(descriptor, GrownPipe)
                ? count + DescriptorIO.TryWrite(descriptor, bytes[count.Value..])
                : count;
        }

        return count;
    }

    // For a terminal the end is what somebody would type. The others may go on.
    private void End()
    {
        if (!isTerminal)
        {
            Close();
        }
        else if (PseudoTerminal.EndOfFile(descriptor) is { } character)
        {
            DescriptorIO.TryWrite(descriptor, [character]);
        }
    }

    private void WatchForRoom() => _watchKey ??= work.Watch(descriptor, EpollEvents.Out, () =>
    {
        Unwatch();
        TellAll();
    });

    private void TellAll()
    {
        foreach (var writer in writers.All)
        {
            writer.Tell(_isClosed);
        }
    }

    private void Unwatch()
    {
        if (_watchKey is { } key)
        {
            _watchKey = null;
            work.Unwatch(descriptor, key);
        }
    }
}
