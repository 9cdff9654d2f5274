using Grpc.Core;
using Levity.EndToEnd.Tests.Fixtures;
using Levity.Soak.Load;

namespace Levity.Soak.Scenarios;

/// <summary>
/// Bits of the registry or of a log are flipped, or the file ends early, between two lives of levityd. It starts all the
/// same, says what it could not read, and nothing that it still tells is other than it was.
/// </summary>
internal sealed class TornState : IScenario
{
    private const int Errands = 60;
    private const int MostFlips = 4;

    public string Name => "torn-state";

    public async Task RunAsync(Soaking soaking)
    {
        await using var arena = await Arena.OpenAsync(soaking.Tally);
        for (var i = 0; i < Errands; i++)
        {
            await arena.StartAsync(arena.NewErrand(
                i % 5 == 0 ? ErrandKind.KillSelf : ErrandKind.Print, lines: 1 + i % 20, code: i));
        }

        await Task.WhenAll(arena.Entries.Select(entry => arena.Alice.EndAsync(entry.Id!)));
        await Task.WhenAll(arena.Entries.Select(arena.LookAtAsync));
        for (var round = soaking.Options.Amount(full: 60, quick: 4); round > 0; round--)
        {
            await TearRegistryAsync(arena, soaking);
            await TearLogAsync(arena, soaking);
        }
    }

    private static async Task TearRegistryAsync(Arena arena, Soaking soaking)
    {
        await arena.Server.SigtermAsync();
        var registry = Path.Combine(arena.Server.StateDirectory, "registry.db");
        var whole = await File.ReadAllBytesAsync(registry, soaking.CancellationToken);
        var damage = await TearAsync(registry, whole, soaking);
        try
        {
            await arena.Server.RestartAsync();
        }
        catch (InvalidOperationException e)
        {
            soaking.Tally.Violation("I1", $"levityd does not start with a registry that has {damage}: {e.Message}");
            await arena.Server.DiedAsync();
            await RestoreAsync(arena, registry, whole);
            return;
        }

        var missing = 0;
        foreach (var entry in arena.Entries)
        {
            missing += await IsKnownAsync(arena, entry) ? 0 : 1;
        }

        var said = arena.Server.LastMessages;
        if (missing > 0 && !said.Contains("registry", StringComparison.OrdinalIgnoreCase)
            && !said.Contains("record", StringComparison.OrdinalIgnoreCase))
        {
            soaking.Tally.Violation("I1", $"{damage} in the registry, {missing} tasks gone, and no word of it: {said}");
        }

        await arena.Server.SigtermAsync();
        await RestoreAsync(arena, registry, whole);
    }

    private static async Task RestoreAsync(Arena arena, string registry, byte[] whole)
    {
        foreach (var path in Directory.EnumerateFiles(arena.Server.StateDirectory, "registry.db*"))
        {
            File.Delete(path);
        }

        await File.WriteAllBytesAsync(registry, whole);
        await arena.Server.RestartAsync();
        foreach (var entry in arena.Entries)
        {
            await arena.LookAtAsync(entry);
        }
    }

    // What it still tells of a task must be what it told before.
    private static async Task<bool> IsKnownAsync(Arena arena, Entry entry)
    {
        try
        {
            var answer = await Eventually.GetAsync(
                async () => await arena.TryQueryAsync(entry), () => $"an answer about {entry.Id}");
            if (!entry.Agrees(answer))
            {
                arena.Tally.Violation("I3", $"{entry.Errand}, {entry.Id}: {entry.End} became {answer}");
            }

            return true;
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.NotFound)
        {
            return false;
        }
    }

    private static async Task TearLogAsync(Arena arena, Soaking soaking)
    {
        var entry = arena.Entries.ElementAt(soaking.Random.Next(arena.Entries.Count));
        var directory = Path.Combine(arena.Server.StateDirectory, "logs", entry.Id!);
        var path = Directory.EnumerateFiles(directory, "*.log").First();
        var whole = await File.ReadAllBytesAsync(path, soaking.CancellationToken);
        var damage = await TearAsync(path, whole, soaking);
        try
        {
            var log = await arena.Alice.FetchAsync(entry.Id!);
            arena.Tally.Compared(log.Stdout.Length + log.Stderr.Length);
            foreach (var (stream, kept) in new[] { ("out", log.Stdout), ("err", log.Stderr) })
            {
                // Nothing but the truth, and not all of it only when that is said.
                var written = entry.Errand.Output(stream, entry.Errand.Lines);
                if (!written.AsSpan().StartsWith(kept.Span) && log.Gaps.Count == 0)
                {
                    soaking.Tally.Violation("I4", $"{entry.Errand}: {damage} in its log, and std{stream} is wrong without a word");
                }
            }
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.DataLoss)
        {
            // That is to say it.
        }

        await File.WriteAllBytesAsync(path, whole, soaking.CancellationToken);
    }

    private static async Task<string> TearAsync(string path, byte[] whole, Soaking soaking)
    {
        soaking.Tally.Fault();
        var torn = whole.ToArray();
        string damage;
        if (soaking.Random.Next(3) == 0)
        {
            var length = soaking.Random.Next(whole.Length);
            torn = torn[..length];
            damage = $"{length} of {whole.Length} bytes";
        }
        else
        {
            var flips = soaking.Random.Next(1, MostFlips + 1);
            var places = Enumerable.Range(0, flips).Select(_ => soaking.Random.Next(whole.Length)).ToList();
            places.ForEach(place => torn[place] ^= (byte)(1 << soaking.Random.Next(8)));
            damage = $"flipped bits at {string.Join(", ", places)} of {whole.Length}";
        }

        await File.WriteAllBytesAsync(path, torn, soaking.CancellationToken);
        return damage;
    }
}
