using Levity.Bench.Measuring;

namespace Levity.Bench.Processes;

/// <summary>A command whose time as a whole process is measured, from spawn to reaped.</summary>
internal sealed class TimedCommand(params string[] command)
{
    private readonly SpawnCommand _command = new(command, discardOutput: true);

    /// <summary>Runs it once and tells how long that took. What it writes to stderr is seen on ours.</summary>
    /// <exception cref="BrokenSideException">It failed.</exception>
    public TimeSpan Run()
    {
        var began = TimeProvider.System.GetTimestamp();
        var exitCode = PosixSpawn.Run(_command);
        var elapsed = TimeProvider.System.GetElapsedTime(began);
        return exitCode == 0 ? elapsed : throw new BrokenSideException($"`{_command}` ended with {exitCode}");
    }

    /// <summary>The same, as a side in milliseconds.</summary>
    public Task<double> MillisecondsAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.Run(() => Run().TotalMilliseconds, cancellationToken);
    }
}
