using Levity.EndToEnd.Tests.Fixtures;
using Levity.Soak.Checks;
using Levity.Soak.Load;

namespace Levity.Soak.Scenarios;

/// <summary>
/// The file system of the logs becomes read-only under running tasks (EROFS), which an error of the disk does to many; then
/// it can be written again. Starts are refused, tasks go on, what their logs lack is said in them, and nobody has to be
/// restarted. That of the registry cannot be made so while SQLite has it open: <see cref="SyscallFaults"/> does that.
/// </summary>
internal sealed class ReadOnlyDisk : IScenario
{
    private const int Running = 5;
    private const int Starts = 10;

    public string Name => "read-only-disk";

    public string? Obstacle => SmallFileSystems.Obstacle;

    public async Task RunAsync(Soaking soaking)
    {
        await using var arena = await Arena.OpenAsync(soaking.Tally, SmallFileSystems.Settings);
        var bell = await Bell.HangAsync(arena.Truth);
        try
        {
            for (var round = soaking.Options.Amount(full: 8, quick: 1); round > 0; round--)
            {
                await ForbidWritingAsync(arena, soaking, bell, withRestart: round % 2 == 0);
            }

            await bell.RingOutAsync();
            await new Invariants(arena, supervisorsEnded: false, soaking.CancellationToken) { GapsExpected = true }
                .CheckAsync();
        }
        finally
        {
            await SmallFileSystems.UnmountAsync(arena);
        }
    }

    private static async Task ForbidWritingAsync(Arena arena, Soaking soaking, Bell bell, bool withRestart)
    {
        var tasks = new List<Entry>();
        for (var i = 0; i < Running; i++)
        {
            tasks.Add(await arena.StartAsync(arena.NewErrand(ErrandKind.Bell, lines: 1, code: i)));
        }

        await Task.WhenAll(tasks.Select(entry => arena.Alice.OutputAsync(entry.Id!, $"{entry.Errand.Token} out 1\n")));
        await RemountAsync(arena, "ro");
        soaking.Tally.Fault();
        await bell.RingAsync();
        await Eventually.TrueAsync(
            () => arena.Truth.Heard(lines: 2).IsSupersetOf(tasks.Select(entry => entry.Errand.Token)), "a line of each task");
        await StopAsync(arena, tasks[^1]);
        if (withRestart)
        {
            await arena.Server.Kill9Async();
            soaking.Tally.Fault();
            await arena.Server.RestartAsync();
            await arena.ReachAsync();
        }

        arena.RefusalsExpected = true;
        for (var i = 0; i < Starts; i++)
        {
            if (await arena.StartAsync(Traffic.NewErrand(arena, soaking.Random)) is { Refused: false } entry)
            {
                soaking.Tally.Violation("I3", $"{entry.Errand} was not refused on a read-only disk: {entry.Id}");
            }
        }

        arena.RefusalsExpected = false;
        await RemountAsync(arena, "rw");
        await bell.RingAsync();
        foreach (var entry in tasks[..^1])
        {
            await LacksAndGoesOnAsync(arena, entry);
        }

        await arena.StartAsync(arena.NewErrand(ErrandKind.Print, lines: 1, code: 0));
    }

    // The kernel refuses while a file is open for writing, as a log is for a moment after its task has written.
    private static Task RemountAsync(Arena arena, string mode) => Eventually.GetAsync(
        async () =>
        {
            var result = await RunningProgram.RunAsync(["mount", "-o", $"remount,{mode}", SmallFileSystems.LogsOf(arena)]);
            return result.ExitCode == 0 ? result : null;
        },
        () => $"a file system that is {mode}");

    // Its end is told although its log cannot be sealed. What the others had written before it was read before it, too: one
    // thread reads all pipes, in the order in which there is something in them.
    private static async Task StopAsync(Arena arena, Entry entry)
    {
        entry.IsStopped = true;
        await arena.Alice.SignalAsync(entry.Id!);
        await arena.Alice.EndAsync(entry.Id!);
        await arena.LookAtAsync(entry);
    }

    // What it wrote meanwhile is a gap, and what it writes now is there.
    private static Task LacksAndGoesOnAsync(Arena arena, Entry entry) => Eventually.GetAsync(
        async () => await arena.Alice.FetchAsync(entry.Id!) is var log && log.Gaps.Any(gap => gap.MissingBytes > 0) ? log : null,
        () => $"a gap in the log of {entry.Id}, with what it wrote when nothing could be written");
}
