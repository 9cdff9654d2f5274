using System.Globalization;
using Levity.EndToEnd.Tests.Fixtures;
using Levity.Protocol;
using Levity.Soak.Checks;
using Levity.Soak.Load;

namespace Levity.Soak.Scenarios;

/// <summary>
/// As many tasks at once as the machine has room for, up to 10,000, that write a line now and then. levityd is killed: all
/// of them run on, and none is lost. Half of them are stopped in the end, the others end by themselves.
/// </summary>
internal sealed class ManyTasks : IScenario
{
    private const int Most = 10_000;
    private const int Fewest = 100;
    private const int AtOnce = 16;

    // The supervisor has two descriptors for each, and some for itself.
    private const int DescriptorsOfTask = 2;
    private const int OtherDescriptors = 600;

    // What a small shell, its share of the kernel's memory and its control group take, generously.
    private const long MemoryOfTask = 1024 * 1024;
    private const long MostMemory = 1024 * 1024 * 1024;

    public string Name => "many-tasks";

    public async Task RunAsync(Soaking soaking)
    {
        var parallel = new ParallelOptions
        {
            MaxDegreeOfParallelism = AtOnce,
            CancellationToken = soaking.CancellationToken,
        };
        await using var arena = await Arena.OpenAsync(soaking.Tally);
        var bell = await Bell.HangAsync(arena.Truth);
        var footprint = Footprint.Of(arena.Server);
        var count = Math.Min(soaking.Options.Amount(full: Most, quick: 600), Room());
        if (count < Fewest)
        {
            soaking.Tally.Violation("run", $"there is room for {count} tasks only");
        }

        await Parallel.ForAsync(
            0,
            count,
            parallel,
            async (number, _) => await arena.StartAsync(arena.NewErrand(ErrandKind.Bell, lines: 1, code: number % 256)));
        await Progress.UntilNoneAsync(
            () => Task.FromResult(arena.Acknowledged.Count() - arena.Truth.Starts().Count), () => "the beginning of all tasks");
        await bell.RingAsync();

        await arena.Server.Kill9Async();
        soaking.Tally.Fault();
        await bell.RingAsync();
        await arena.Server.RestartAsync();
        await arena.ReachAsync();
        await arena.RepeatUnansweredAsync();
        await Parallel.ForEachAsync(arena.Acknowledged, parallel, async (entry, _) => await RunsAsync(arena, entry));
        var memory = Memory.Of(arena.Server);
        if (memory.Daemon + memory.Supervisor > MostMemory)
        {
            soaking.Tally.Violation("I7", $"with {count} tasks, the two programs take {memory}");
        }

        await bell.RingAsync();
        var stopped = arena.Acknowledged.Where((_, i) => i % 2 == 0).ToList();
        await Parallel.ForEachAsync(stopped, parallel, async (entry, _) => await StopAsync(arena, entry));
        await bell.RingOutAsync();
        await Progress.UntilNoneAsync(
            async () =>
            {
                await Parallel.ForEachAsync(Unfinished(arena), parallel, async (entry, _) => await arena.LookAtAsync(entry));
                return Unfinished(arena).Count();
            },
            () => $"the ends of {Unfinished(arena).Count()} tasks, such as {Unfinished(arena).FirstOrDefault()?.Id}");

        await new Invariants(arena, supervisorsEnded: false, soaking.CancellationToken).CheckAsync();
        await footprint.AssertRegainedAsync(arena.Server, soaking.Tally);
    }

    // How many tasks fit: descriptors of one process, process numbers, memory. A half of what is free is left to others.
    private static int Room()
    {
        var descriptors = Number(
            File.ReadLines("/proc/self/limits").First(line => line.StartsWith("Max open files", StringComparison.Ordinal)), ^2);
        var threads = Number(File.ReadAllText("/proc/loadavg").Replace('/', ' '), 4);
        var numbers = (Number(File.ReadAllText("/proc/sys/kernel/pid_max"), 0) - threads) / 2;
        var available = Number(
            File.ReadLines("/proc/meminfo").First(line => line.StartsWith("MemAvailable:", StringComparison.Ordinal)), 1);
        return (int)new[]
        {
            (descriptors - OtherDescriptors) / DescriptorsOfTask, numbers, available * 1024 / 2 / MemoryOfTask, Most,
        }.Min();
    }

    private static long Number(string line, Index word) => long.Parse(
        line.Split([' ', '\t', '\n'], StringSplitOptions.RemoveEmptyEntries)[word], CultureInfo.InvariantCulture);

    private static IEnumerable<Entry> Unfinished(Arena arena) => arena.Acknowledged.Where(entry => entry.End is null);

    private static async Task RunsAsync(Arena arena, Entry entry)
    {
        var answer = await Eventually.GetAsync(
            async () => await arena.TryQueryAsync(entry), () => $"an answer about {entry.Id}");
        if (answer.StatusCode != TaskStatusCode.Running)
        {
            arena.Tally.Violation("I1", $"{entry.Errand}, {entry.Id} waits, and after a kill of levityd it is {answer}");
        }
    }

    private static async Task StopAsync(Arena arena, Entry entry)
    {
        entry.IsStopped = true;
        await arena.Alice.SignalAsync(entry.Id!);
        await arena.Alice.EndAsync(entry.Id!);
        await arena.LookAtAsync(entry);
    }
}
