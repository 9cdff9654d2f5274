using Levity.Linux;

namespace Levity.Processes.Tests.Fixtures;

/// <summary>A process that is not our child.</summary>
internal sealed class WatchedProcess(int pid) : IDisposable
{
    private readonly PidFd? _process = PidFd.TryOpen(pid);

    public int Pid => pid;

    public bool IsAlive => _process is not null && !_process.WaitForEnd(0);

    public void WaitUntilEnded() =>
        Assert.True(_process is null || _process.WaitForEnd(Patience.Milliseconds), $"{pid} did not end");

    public void Dispose()
    {
        _process?.TrySignal(Signals.SIGKILL);
        _process?.Dispose();
    }
}
