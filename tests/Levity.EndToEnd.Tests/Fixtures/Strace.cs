namespace Levity.EndToEnd.Tests.Fixtures;

/// <summary>Has system calls of a process fail that are about one path, by strace(1), until this is disposed of.</summary>
internal sealed class Strace : IAsyncDisposable
{
    private readonly RunningProgram _tracer;
    private readonly string _error;

    private Strace(RunningProgram tracer, string error) => (_tracer, _error) = (tracer, error);

    /// <summary>Skips the test where there is no strace, or it may not trace.</summary>
    public static async Task NeedAsync()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root may trace any process (ptrace(2), Yama)");
        await MachineTool.NeedAsync("strace", "strace", "-V");
    }

    public static async Task<Strace> InjectAsync(int pid, string path, string calls, string error)
    {
        var tracer = RunningProgram.Start(
            ["strace", "-f", "-P", path, "-e", $"trace={calls}", "-e", $"inject={calls}:error={error}", "-p", $"{pid}"]);

        // Said once, when it has all threads.
        await tracer.Error.ContainsAsync("attached with");
        return new Strace(tracer, error);
    }

    /// <summary>Fails when no call has failed.</summary>
    public async ValueTask DisposeAsync()
    {
        await Signals.SendAsync("TERM", _tracer.Pid);
        await _tracer.ExitAsync();
        var said = _tracer.Error.Text;
        await _tracer.DisposeAsync();
        Assert.Contains($" {_error} (", said, StringComparison.Ordinal);
        Assert.Contains("(INJECTED)", said, StringComparison.Ordinal);
    }
}
