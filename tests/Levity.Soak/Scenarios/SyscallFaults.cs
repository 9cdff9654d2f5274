using Levity.EndToEnd.Tests.Fixtures;
using Levity.Soak.Checks;
using Levity.Soak.Load;

namespace Levity.Soak.Scenarios;

/// <summary>
/// System calls of levityd and of its supervisor fail, as strace makes them: a disk that does not write, no more processes,
/// descriptors or room, interrupted calls. Nothing is acknowledged that has not happened, and afterwards all goes on.
/// </summary>
internal sealed class SyscallFaults : IScenario
{
    private const int Starts = 40;
    private const int AtOnce = 4;

    // levityd ends when its disk fails: docs/decisions/0008-what-the-registry-does-about-damage.md.
    private const string Syncing = "fsync,fdatasync";

    // strace(1): when=FIRST+STEP.
    private static readonly (bool Daemon, string Calls, string Fault)[] Faults =
    [
        (true, Syncing, "error=EIO:when=3+7"),
        (true, "epoll_wait,epoll_pwait", "error=EINTR:when=5+5"),
        (false, "clone,clone3,vfork", "error=EAGAIN:when=2+5"),
        (false, "pipe2", "error=EMFILE:when=3+5"),
        (false, "mkdir,mkdirat", "error=ENOSPC:when=2+3"),
        (false, "epoll_wait,epoll_pwait,epoll_pwait2", "error=EINTR:when=5+5"),
        (false, "read,write", "error=EINTR:when=5+9"),
    ];

    public string Name => "syscalls";

    public string? Obstacle => FindStrace() is null ? "there is no strace" : null;

    public async Task RunAsync(Soaking soaking)
    {
        await using var arena = await Arena.OpenAsync(soaking.Tally);
        arena.RefusalsExpected = true;
        for (var round = soaking.Options.Amount(full: 3, quick: 1); round > 0; round--)
        {
            foreach (var (daemon, calls, fault) in Faults)
            {
                var pid = daemon ? arena.Server.Pid : arena.Server.SupervisorPid;
                await InjectAsync(arena, soaking, pid, calls, fault, isItsEnd: calls == Syncing);
            }
        }

        arena.RefusalsExpected = false;
        for (var i = 0; i < Starts; i++)
        {
            await arena.StartAsync(Traffic.NewErrand(arena, soaking.Random));
        }

        await new Invariants(arena, supervisorsEnded: false, soaking.CancellationToken).CheckAsync();
    }

    private static async Task InjectAsync(
        Arena arena, Soaking soaking, int pid, string calls, string fault, bool isItsEnd)
    {
        var record = Path.Combine(arena.Server.Scratch, "strace");
        await using (var strace = RunningProgram.Start(
            [
                FindStrace()!, "-o", record, "-e", $"trace={calls}", "-e", $"inject={calls}:{fault}", .. ThreadsOf(pid),
            ]))
        {
            await strace.Error.ContainsAsync("attached");
            await Parallel.ForAsync(
                0,
                Starts,
                new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = soaking.CancellationToken },
                async (_, _) => await arena.StartAsync(NewErrand(arena, soaking)));
            if (!isItsEnd)
            {
                await Signals.SendAsync("TERM", strace.Pid);
            }

            await strace.ExitAsync();
        }

        if (isItsEnd)
        {
            // It does not go on with a disk of which it does not know what it has.
            await arena.Server.DiedAsync();
            await arena.Server.RestartAsync();
            await arena.ReachAsync();
        }

        var injected = File.ReadLines(record).Count(line => line.Contains("(INJECTED)", StringComparison.Ordinal));
        for (var i = 0; i < injected; i++)
        {
            soaking.Tally.Fault();
        }

        if (injected == 0)
        {
            soaking.Tally.Violation("run", $"{calls} of process {pid} has never failed with {fault}");
        }
    }

    private static Errand NewErrand(Arena arena, Soaking soaking)
    {
        lock (soaking.Random)
        {
            return Traffic.NewErrand(arena, soaking.Random);
        }
    }

    // Not with -f: that would follow the tasks as well.
    private static IEnumerable<string> ThreadsOf(int pid) => Directory.EnumerateDirectories($"/proc/{pid}/task")
        .SelectMany(thread => new[] { "-p", Path.GetFileName(thread) });

    private static string? FindStrace() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Select(directory => Path.Combine(directory, "strace"))
        .FirstOrDefault(File.Exists);
}
