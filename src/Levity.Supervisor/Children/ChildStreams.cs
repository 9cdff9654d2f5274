using Levity.Linux;
using Levity.Logs;
using Levity.Processes;
using Levity.Protocol;
using Levity.Protocol.Supervisor;
using Levity.Supervisor.Input;
using Levity.Supervisor.Output;
using TerminalSize = Levity.Protocol.Supervisor.TerminalSize;

namespace Levity.Supervisor.Children;

/// <summary>
/// Both sides of a child's standard streams: what it is given, and what stays here. Ours are closed with this unless they
/// were taken over.
/// </summary>
internal sealed class ChildStreams : IDisposable
{
    private static readonly WindowSize UsualSize = new(24, 80);

    private readonly List<SafeFileDescriptor> _all = [];
    private readonly SafeFileDescriptor _stdout;
    private readonly SafeFileDescriptor _stderr;
    private readonly IReadOnlyList<SafeFileDescriptor> _heldOpen = [];
    private readonly SafeFileDescriptor? _input;
    private bool _isTaken;

    /// <param name="nothing">What a child without input reads.</param>
    /// <exception cref="LinuxException">EMFILE, ENFILE; ENOSPC: there are no more terminals.</exception>
    public ChildStreams(StartChild request, SafeFileDescriptor nothing)
    {
        try
        {
            if (request.Terminal is { } size)
            {
                // There is no stderr, which an invalid descriptor says.
                (_stdout, var terminal) = Own(PseudoTerminal.Create(SizeOf(size)));
                _stderr = new SafeFileDescriptor();
                _heldOpen = [terminal];
                Theirs = new StandardStreams(terminal, terminal, terminal) { HaveInput = true, AreTerminal = true };

                // It is written to on one thread and read on another: each has a descriptor to close.
                _input = Own(PseudoTerminal.Share(_stdout));
                return;
            }

            (_stdout, var output) = Own(Pipe.Create());
            (_stderr, var error) = Own(Pipe.Create());
            _heldOpen = request.Retry is null ? [] : [output, error];
            if (request.Stdin)
            {
                (var input, _input) = Own(Pipe.CreateForInput());
                Theirs = new StandardStreams(input, output, error) { HaveInput = true };
            }
            else
            {
                Theirs = new StandardStreams(nothing, output, error);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>What the child is given.</summary>
    public StandardStreams Theirs { get; }

    /// <summary>Hands over our sides.</summary>
    public (TaskOutput Output, TaskInput? Input) Take(TaskId task, LogWriter log, WorkQueue work)
    {
        _isTaken = true;
        return (
            new TaskOutput(task.ToString(), _stdout, _stderr, log) { HeldOpen = _heldOpen },
            _input is null ? null : new TaskInput(work, _input, Theirs.AreTerminal, new InputWriters()));
    }

    public static WindowSize SizeOf(TerminalSize size) => size is { Rows: > 0, Columns: > 0 }
        ? new WindowSize((ushort)Math.Min(size.Rows, ushort.MaxValue), (ushort)Math.Min(size.Columns, ushort.MaxValue))
        : UsualSize;

    public void Dispose()
    {
        foreach (var descriptor in _all.Where(descriptor => !_isTaken || !IsOurs(descriptor)))
        {
            descriptor.Dispose();
        }
    }

    private bool IsOurs(SafeFileDescriptor descriptor) =>
        descriptor == _stdout || descriptor == _stderr || descriptor == _input || _heldOpen.Contains(descriptor);

    private (SafeFileDescriptor, SafeFileDescriptor) Own((SafeFileDescriptor One, SafeFileDescriptor Other) pair) =>
        (Own(pair.One), Own(pair.Other));

    private SafeFileDescriptor Own(SafeFileDescriptor descriptor)
    {
        _all.Add(descriptor);
        return descriptor;
    }
}
