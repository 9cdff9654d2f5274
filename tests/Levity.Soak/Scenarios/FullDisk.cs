using Levity.EndToEnd.Tests.Fixtures;
using Levity.Soak.Checks;
using Levity.Soak.Load;

namespace Levity.Soak.Scenarios;

/// <summary>
/// The file system of the logs is full, that of the registry, and both; then there is room again. Starts are refused and
/// running tasks go on; what their logs lack is said in them, to the byte; and nobody has to be restarted.
/// </summary>
internal sealed class FullDisk : IScenario
{
    private const int Running = 4;
    private const int Starts = 20;

    public string Name => "full-disk";

    public string? Obstacle => SmallFileSystems.Obstacle;

    public async Task RunAsync(Soaking soaking)
    {
        await using var arena = await Arena.OpenAsync(soaking.Tally, SmallFileSystems.Settings);
        var state = arena.Server.StateDirectory;
        var logs = SmallFileSystems.LogsOf(arena);
        var bell = await Bell.HangAsync(arena.Truth);
        arena.RefusalsExpected = true;
        try
        {
            for (var round = soaking.Options.Amount(full: 5, quick: 1); round > 0; round--)
            {
                foreach (var full in new[] { [logs], [state], new[] { logs, state } })
                {
                    await FillAsync(arena, soaking, bell, full);
                }
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

    private static async Task FillAsync(Arena arena, Soaking soaking, Bell bell, string[] directories)
    {
        for (var i = 0; i < Running; i++)
        {
            await arena.StartAsync(arena.NewErrand(ErrandKind.Tick, lines: 1, code: i));
            await arena.StartAsync(arena.NewErrand(ErrandKind.Nap, lines: 1, code: i + 5));
        }

        // A few lines more may find room in what a file has already; this does not.
        var flood = await arena.StartAsync(arena.NewErrand(ErrandKind.Flood, lines: 1, code: 0));
        await arena.Alice.OutputAsync(flood.Id!, $"{flood.Errand.Token} out 1\n");
        var fillers = directories.Select(directory => Path.Combine(directory, "filler")).ToList();
        fillers.ForEach(Fill);
        soaking.Tally.Fault();
        for (var i = 0; i < Starts; i++)
        {
            await arena.StartAsync(Traffic.NewErrand(arena, soaking.Random));
        }

        // So that the running ones meet it.
        await bell.RingAsync();
        await Eventually.TrueAsync(() => arena.Truth.Heard(lines: 2).Contains(flood.Errand.Token), "many lines on a full disk");
        await soaking.SomeTimeAsync(700, 2000);
        fillers.ForEach(File.Delete);
        await Eventually.GetAsync(
            async () => await arena.StartAsync(arena.NewErrand(ErrandKind.Print, lines: 1, code: 0)) is { Id: not null } entry
                ? entry
                : null,
            () => "a start that is not refused, now that there is room");
    }

    private static void Fill(string path)
    {
        using var filler = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        for (var block = new byte[1024 * 1024]; block.Length > 0;)
        {
            try
            {
                filler.Write(block);
            }
            catch (IOException)
            {
                // What is left is smaller.
                block = new byte[block.Length / 2];
            }
        }
    }
}
