using System.Runtime.InteropServices;
using System.Threading.Channels;

namespace Levity.Cli.Commands.Running;

/// <summary>
/// Catches the signals that are meant for the task, from when it is made until it is disposed of. Those that this process
/// was told to ignore (nohup, a shell's background job) stay ignored. The third Ctrl-C is ours: whoever presses it a third
/// time wants to be let go.
/// </summary>
internal sealed class ForwardedSignals : IDisposable
{
    private const int Interrupt = 2;
    private const int InterruptsToDetach = 3;

    // signal(7), the same on x86-64 and arm64. Those that a terminal sends, and TERM, are for all of the task, as the
    // terminal sends them to all of a job. USR1 and USR2 are for the command, and would kill others that do not expect them.
    private static readonly ForwardedSignal[] All =
    [
        new(Number: 1, ToAll: true), // HUP
        new(Interrupt, ToAll: true),
        new(Number: 3, ToAll: true), // QUIT
        new(Number: 10, ToAll: false), // USR1
        new(Number: 12, ToAll: false), // USR2
        new(Number: 15, ToAll: true), // TERM
    ];

    private readonly Channel<ForwardedSignal> _caught = Channel.CreateUnbounded<ForwardedSignal>();
    private readonly CancellationTokenSource _detached = new();
    private readonly List<PosixSignalRegistration> _registrations = [];

    private int _interrupts;

    public ForwardedSignals()
    {
        foreach (var signal in All)
        {
            _registrations.Add(PosixSignalRegistration.Create((PosixSignal)signal.Number, context =>
            {
                context.Cancel = true;
                Caught(signal);
            }));
        }
    }

    /// <summary>Cancelled by the third Ctrl-C.</summary>
    public CancellationToken Detached => _detached.Token;

    /// <summary>Passes them on, one after the other, until it is cancelled.</summary>
    public async Task ForwardAsync(
        Func<ForwardedSignal, CancellationToken, Task> send, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var signal in _caught.Reader.ReadAllAsync(cancellationToken))
            {
                await send(signal, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The task is over: there is nobody to send them to.
        }
    }

    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }

        _detached.Dispose();
    }

    private void Caught(ForwardedSignal signal)
    {
        if (signal.Number == Interrupt && Interlocked.Increment(ref _interrupts) >= InterruptsToDetach)
        {
            _detached.Cancel();
        }
        else
        {
            _caught.Writer.TryWrite(signal);
        }
    }
}

/// <param name="Number">As in signal(7).</param>
/// <param name="ToAll">For all processes of the task, to have it end; for its first one otherwise, to tell it something.</param>
internal readonly record struct ForwardedSignal(int Number, bool ToAll);
