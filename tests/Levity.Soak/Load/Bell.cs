using Levity.EndToEnd.Tests.Fixtures;

namespace Levity.Soak.Load;

/// <summary>
/// What <see cref="ErrandKind.Bell"/> tasks wait for: two named pipes, of which each opens the one and then the other for
/// reading. That waits until somebody opens it for writing, and takes no process but the task's shell: fifo(7).
/// </summary>
internal sealed class Bell
{
    // Opened for both, no end waits for another.
    private const string Open = ": <> \"$1/bell0\"; : <> \"$1/bell1\"";

    private readonly GroundTruth _truth;

    private Bell(GroundTruth truth) => _truth = truth;

    public static async Task<Bell> HangAsync(GroundTruth truth)
    {
        string[] make = ["sh", "-c", "mkfifo -m 600 \"$1/bell0\" \"$1/bell1\"", "sh", truth.Directory];
        (await RunningProgram.RunAsync(make)).Successful();
        return new Bell(truth);
    }

    /// <summary>Each task that waits writes a line or two.</summary>
    public async Task RingAsync() =>
        (await RunningProgram.RunAsync(["sh", "-c", Open, "sh", _truth.Directory])).Successful();

    /// <summary>Opens the gate and rings until all have heard it.</summary>
    public async Task RingOutAsync()
    {
        _truth.OpenGate();
        await Progress.UntilNoneAsync(
            async () =>
            {
                // One that was between its look at the gate and the pipe hears the next.
                await RingAsync();
                return ProcessTable.WithArgument(_truth.Directory).Count;
            },
            () => "the end of all tasks, now that the gate is open");
    }
}
