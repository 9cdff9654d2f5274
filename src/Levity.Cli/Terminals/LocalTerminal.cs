using System.Runtime.InteropServices;
using Levity.Linux;

namespace Levity.Cli.Terminals;

/// <summary>
/// The terminal that we were started from, while it is a task's: each key is passed on as it is. It is put back as it was on
/// every way out, and while somebody has us stopped.
/// </summary>
internal sealed class LocalTerminal : IDisposable
{
    private readonly SafeFileDescriptor _descriptor;
    private readonly TerminalMode _own;
    private readonly TerminalMode _raw;
    private readonly List<PosixSignalRegistration> _registrations = [];

    // Guards the mode: a signal comes on a thread of its own.
    private readonly Lock _gate = new();
    private bool _isOver;

    private LocalTerminal(SafeFileDescriptor descriptor, TerminalMode own)
    {
        (_descriptor, _own, _raw) = (descriptor, own, own.Raw());
        _raw.Apply(descriptor);
    }

    /// <summary>Its size; null when standard input is no terminal, or does not know.</summary>
    public static WindowSize? FindSize()
    {
        using var input = InheritedDescriptor.Borrow(0);
        return TerminalMode.TryRead(input) is not null && WindowSize.Of(input) is { Rows: > 0, Columns: > 0 } size ? size : null;
    }

    /// <summary>Takes it; null when standard input is none.</summary>
    /// <param name="resized">Told when it has another size, or shows something else since.</param>
    /// <param name="deadly">The signals that nobody else cares for, and that end us.</param>
    public static LocalTerminal? TryTake(Action<WindowSize> resized, IReadOnlyCollection<PosixSignal> deadly)
    {
        var input = InheritedDescriptor.Borrow(0);
        if (TerminalMode.TryRead(input) is not { } own)
        {
            return null;
        }

        var terminal = new LocalTerminal(input, own);
        terminal.On(PosixSignal.SIGWINCH, TellSize(resized));
        terminal.On(PosixSignal.SIGTSTP, terminal.Stop);
        terminal.On(PosixSignal.SIGCONT, () =>
        {
            terminal.Apply(raw: true);
            TellSize(resized)();
        });
        foreach (var signal in deadly)
        {
            // Not cancelled: what it does then it does.
            terminal.On(signal, terminal.Dispose);
        }

        return terminal;
    }

    /// <summary>Puts it back; again is no harm.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isOver = true;
            _own.Apply(_descriptor);
        }
    }

    private static void StopOurselves()
    {
        // The platform has taken the signal for itself, and would not stop.
        using var self = PidFd.TryOpen(Environment.ProcessId);
        self?.TrySignal(Signals.SIGSTOP);
    }

    private static Action TellSize(Action<WindowSize> resized) => () =>
    {
        if (FindSize() is { } size)
        {
            resized(size);
        }
    };

    private void On(PosixSignal signal, Action act) =>
        _registrations.Add(PosixSignalRegistration.Create(signal, _ => act()));

    private void Stop()
    {
        Apply(raw: false);
        StopOurselves();
    }

    private void Apply(bool raw)
    {
        lock (_gate)
        {
            if (!_isOver)
            {
                (raw ? _raw : _own).Apply(_descriptor);
            }
        }
    }
}
