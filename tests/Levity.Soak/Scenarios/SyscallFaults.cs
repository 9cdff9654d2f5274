using System.Text;
using Grpc.Core;
using Levity.EndToEnd.Tests.Fixtures;
using Levity.Soak.Checks;
using Levity.Soak.Load;

namespace Levity.Soak.Scenarios;

/// <summary>
/// System calls of levityd and of its supervisor fail, as strace makes them: a disk that does not write, no more processes,
/// descriptors or room, cut connections, interrupted calls; which of them is the first, and how many go well between two,
/// comes from the seed. Nothing is acknowledged that has not happened, and afterwards all goes on.
/// </summary>
internal sealed class SyscallFaults : IScenario
{
    private const int AtOnce = 4;
    private const int MostLines = 20;

    public string Name => "syscalls";

    public string? Obstacle => FindStrace() is null ? "there is no strace" : null;

    public async Task RunAsync(Soaking soaking)
    {
        await using var arena = await Arena.OpenAsync(soaking.Tally);
        arena.RefusalsExpected = true;
        var rounds = soaking.Options.Amount(full: 6, quick: 1);
        var starts = soaking.Options.Amount(full: 40, quick: 20);
        var came = 0;
        for (var round = 0; round < rounds; round++)
        {
            foreach (var fault in SyscallFault.All)
            {
                came += await InjectAsync(arena, soaking, fault, starts) > 0 ? 1 : 0;
            }
        }

        // Where calls are few, or made by many threads, none of them may be the one that is to fail.
        if (came * 2 < rounds * SyscallFault.All.Count)
        {
            soaking.Tally.Violation("run", $"only {came} of {rounds * SyscallFault.All.Count} faults came");
        }

        arena.RefusalsExpected = false;
        await arena.RepeatUnansweredAsync();
        for (var i = 0; i < starts; i++)
        {
            await arena.StartAsync(Traffic.NewErrand(arena, soaking.Random));
        }

        await new Invariants(arena, supervisorsEnded: false, soaking.CancellationToken) { GapsExpected = true }.CheckAsync();
    }

    private static async Task<int> InjectAsync(Arena arena, Soaking soaking, SyscallFault fault, int starts)
    {
        // A levityd whose connection was cut may have started another one, which finds the first one's lock, and ends.
        await Eventually.TrueAsync(() => arena.Server.Supervisors.Count == 1, "one supervisor");
        var supervisor = arena.Server.SupervisorPid;
        var pid = fault.OfDaemon ? arena.Server.Pid : supervisor;
        var injection = fault.Injection(soaking.Random);
        var record = Path.Combine(arena.Server.Scratch, "strace");
        var removed = await RunTrueAsync(arena);
        string[] children = fault.OfChildren ? ["-f"] : [];
        string[] strace =
        [
            FindStrace()!, .. children, "-o", record, "-e", $"trace={fault.Calls}", "-e", $"inject={injection}",
            .. fault.OfLoop ? ["-p", $"{pid}"] : ThreadsOf(pid),
        ];
        await using (var tracer = RunningProgram.Start(strace))
        {
            await tracer.Error.ContainsAsync("attached");
            await UseAsync(arena, soaking, fault, removed, starts);
            if (!fault.EndsDaemon)
            {
                await Signals.TrySendAsync("TERM", tracer.Pid);
            }

            await tracer.ExitAsync();
        }

        if (fault.EndsDaemon)
        {
            // It does not go on with a disk of which it does not know what it has.
            await arena.Server.DiedAsync();
            await arena.Server.RestartAsync();
            await arena.ReachAsync();
        }
        else if (!arena.Server.IsRunning)
        {
            soaking.Tally.Violation("run", $"levityd has ended by {injection}: {arena.Server.LastMessages}");
            await arena.Server.DiedAsync();
            await arena.Server.RestartAsync();
        }

        if (!arena.Server.Supervisors.Contains(supervisor))
        {
            soaking.Tally.Violation("run", $"the supervisor has ended by {injection}: {LastOf(arena.Server.SupervisorMessages)}");
        }

        await RemoveAsync(arena, removed);
        return CountFaults(soaking, record);
    }

    private static async Task UseAsync(
        Arena arena, Soaking soaking, SyscallFault fault, string removed, int starts)
    {
        await Parallel.ForAsync(
            0,
            starts,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = soaking.CancellationToken },
            async (_, _) =>
            {
                var entry = await arena.StartAsync(NewErrand(arena, soaking, fault));
                await ReadAsync(arena, entry);
            });
        using var other = new TestClient(
            arena.Server.Address, arena.Server.Certificates.ServerCa, arena.Server.Certificates.Alice);
        try
        {
            await other.RemoveAsync(removed);
        }
        catch (RpcException)
        {
            // Again later.
        }
    }

    // What is read now may be nothing, or not yet all; it is never anything else than what was written.
    private static async Task ReadAsync(Arena arena, Entry entry)
    {
        if (entry.Id is null)
        {
            return;
        }

        try
        {
            await arena.LookAtAsync(entry);
            var log = await arena.Alice.FetchAsync(entry.Id);
            var written = entry.Errand.Output("out", entry.Errand.Lines);
            if (log.Gaps.Count == 0 && !written.AsSpan().StartsWith(log.Stdout.Span))
            {
                arena.Tally.Violation(
                    "I4", $"{entry.Errand}, {entry.Id}: its log was {log.Stdout.ToString(Encoding.ASCII)} for a moment");
            }
        }
        catch (RpcException e) when (e.StatusCode != StatusCode.NotFound)
        {
            // Not answered, which the check in the end asks again.
        }
    }

    // After the last fault all goes on: not at once, where a connection was cut.
    private static async Task<string> RunTrueAsync(Arena arena)
    {
        var id = await Eventually.GetAsync(
            async () =>
            {
                try
                {
                    return await arena.Alice.StartAsync("true");
                }
                catch (RpcException e) when (e.IsNoAnswer())
                {
                    return null;
                }
            },
            () => $"a start, now that nothing fails; levityd said: {arena.Server.LastMessages}");
        await arena.Alice.EndAsync(id);
        return id;
    }

    private static async Task RemoveAsync(Arena arena, string id) => await Eventually.GetAsync(
        async () =>
        {
            try
            {
                await arena.Alice.RemoveAsync(id);
                return id;
            }
            catch (RpcException e)
            {
                return e.StatusCode == StatusCode.NotFound ? id : null;
            }
        },
        () => $"the removal of {id}");

    private static int CountFaults(Soaking soaking, string record)
    {
        var injected = File.ReadLines(record).Count(line => line.Contains("(INJECTED)", StringComparison.Ordinal));
        for (var i = 0; i < injected; i++)
        {
            soaking.Tally.Fault();
        }

        return injected;
    }

    private static string LastOf(string path) => string.Join('\n', File.ReadLines(path).TakeLast(MostLines));

    private static Errand NewErrand(Arena arena, Soaking soaking, SyscallFault fault)
    {
        if (fault.OfChildren)
        {
            // All else executes programs of its own, and would say on its stderr that it cannot.
            return arena.NewErrand(ErrandKind.Print, lines: 3, code: 0);
        }

        lock (soaking.Random)
        {
            return Traffic.NewErrand(arena, soaking.Random);
        }
    }

    // Not with -f, unless wanted: that follows the tasks as well.
    private static IEnumerable<string> ThreadsOf(int pid) => Directory.EnumerateDirectories($"/proc/{pid}/task")
        .SelectMany(thread => new[] { "-p", Path.GetFileName(thread) });

    private static string? FindStrace() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Select(directory => Path.Combine(directory, "strace"))
        .FirstOrDefault(File.Exists);
}
