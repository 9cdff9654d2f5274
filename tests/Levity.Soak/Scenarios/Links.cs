using Grpc.Core;
using Levity.EndToEnd.Tests.Fixtures;
using Levity.Soak.Checks;
using Levity.Soak.Load;

namespace Levity.Soak.Scenarios;

/// <summary>
/// Somebody who may write into the state directory puts links to a foreign file or directory in the place of logs, and takes
/// them away again, thousands of times, while the logs are written, read and removed. The foreign file is a log itself, so
/// that only a link that is not followed keeps it secret; it is neither read nor changed.
/// </summary>
internal sealed class Links : IScenario
{
    private const string Secret = "only-for-root";
    private const int Logs = 4;
    private const int Readers = 4;
    private const int MostSpins = 5_000;

    public string Name => "links";

    public async Task RunAsync(Soaking soaking)
    {
        await using var arena = await Arena.OpenAsync(soaking.Tally);
        if (ExchangedName.ObstacleIn(arena.Server.Scratch) is { } obstacle)
        {
            soaking.Tally.Skip(obstacle);
            return;
        }

        var bell = await Bell.HangAsync(arena.Truth);
        var foreign = await NewForeignAsync(arena);
        var tries = soaking.Options.Amount(full: 10_000, quick: 600);
        foreach (var ofDirectory in new[] { true, false })
        {
            await RaceAsync(arena, soaking, bell, foreign, ofDirectory, tries / 2);
            if (await foreign.ChangeAsync() is { } change)
            {
                soaking.Tally.Violation("I6", $"files that are none of Levity's were changed through a link: {change}");
            }
        }

        await bell.RingOutAsync();
        await new Invariants(arena, supervisorsEnded: false, soaking.CancellationToken) { GapsExpected = true }.CheckAsync();
    }

    private static async Task<ForeignFiles> NewForeignAsync(Arena arena)
    {
        var id = await arena.Alice.StartAsync("echo", Secret);
        await arena.Alice.SuccessAsync(id);
        var foreign = new ForeignFiles(Path.Combine(arena.Server.Scratch, "foreign"));
        await foreign.CopyAsync(LogOf(arena, id));
        await arena.Alice.RemoveAsync(id);
        return foreign;
    }

    // Half of the logs are complete, the others are being written; and one is removed while its name leads elsewhere.
    private static async Task RaceAsync(
        Arena arena, Soaking soaking, Bell bell, ForeignFiles foreign, bool ofDirectory, int tries)
    {
        var entries = new List<Entry>();
        for (var i = 0; i < Logs; i++)
        {
            var kind = i % 2 == 0 ? ErrandKind.Bell : ErrandKind.Print;
            entries.Add(await arena.StartAsync(arena.NewErrand(kind, lines: 1 + i, code: i)));
        }

        await Task.WhenAll(entries.Select(entry => arena.Alice.OutputAsync(entry.Id!, $"{entry.Errand.Token} out 1\n")));
        await Task.WhenAll(
            entries.Where(entry => entry.Errand.Kind == ErrandKind.Print).Select(entry => arena.Alice.EndAsync(entry.Id!)));
        await RemoveThroughLinkAsync(arena, soaking, foreign, ofDirectory);

        var over = new TaskCompletionSource();
        var reading = Task.WhenAll(
            Enumerable.Range(0, Readers).Select(i => ReadAsync(arena, entries[i % Logs], over.Task)));
        try
        {
            await ExchangeAsync(arena, soaking, bell, foreign, entries, ofDirectory, tries);
        }
        finally
        {
            over.SetResult();
            await reading;
        }
    }

    private static async Task ExchangeAsync(
        Arena arena,
        Soaking soaking,
        Bell bell,
        ForeignFiles foreign,
        List<Entry> entries,
        bool ofDirectory,
        int tries)
    {
        var names = entries.Select(entry => NewName(arena, foreign, entry.Id!, ofDirectory)).ToList();
        for (var i = 0; i < tries; i++)
        {
            soaking.CancellationToken.ThrowIfCancellationRequested();
            var name = names[soaking.Random.Next(names.Count)];
            name.Exchange();
            if (i % (tries / 20) == 0)
            {
                // The writer closes a file that it has not used for a second: then it opens one, or finds none, by its name.
                await bell.RingAsync();
                await soaking.SomeTimeAsync(0, 2500 / 20);
            }

            // A while that ends anywhere between two steps of the others.
            Thread.SpinWait(soaking.Random.Next(MostSpins));
            name.Exchange();
            soaking.Tally.Fault();
            Thread.SpinWait(soaking.Random.Next(MostSpins));
        }

        // Long enough for the files of all to be closed; then everybody writes who is led astray.
        names.ForEach(name => name.Exchange());
        await Eventually.TrueAsync(() => !IsHeld(arena, entries), "logs that are closed");
        await bell.RingAsync();
        await soaking.SomeTimeAsync(100, 200);
        names.ForEach(name => name.Exchange());
        names.ForEach(name => name.Remove());
    }

    private static async Task ReadAsync(Arena arena, Entry entry, Task over)
    {
        var answers = 0;
        while (!over.IsCompleted)
        {
            try
            {
                var log = await arena.Alice.FetchAsync(entry.Id!);
                answers++;
                if ((log.Stdout.ToStringUtf8() + log.Stderr.ToStringUtf8()).Contains(Secret, StringComparison.Ordinal))
                {
                    arena.Tally.Violation("I6", $"{entry.Id}: a link in the place of its log was followed: {log}");
                }
            }
            catch (RpcException e) when (e.StatusCode != StatusCode.DeadlineExceeded)
            {
                // No log can be read there just now.
            }
        }

        if (answers == 0)
        {
            arena.Tally.Violation("run", $"the log of {entry.Id} was never read while names were exchanged");
        }
    }

    // What a removal takes away is the link and nothing behind it.
    private static async Task RemoveThroughLinkAsync(Arena arena, Soaking soaking, ForeignFiles foreign, bool ofDirectory)
    {
        var id = await arena.Alice.StartAsync("true");
        await arena.Alice.SuccessAsync(id);
        var name = NewName(arena, foreign, id, ofDirectory);
        name.Exchange();
        soaking.Tally.Fault();
        try
        {
            await arena.Alice.RemoveAsync(id);
        }
        catch (RpcException e) when (e.StatusCode is StatusCode.Internal or StatusCode.Unavailable)
        {
            // Refused, which the operator hears of; with the directory back in its place it works.
            name.Exchange();
            await arena.Alice.RemoveAsync(id);
        }
    }

    private static bool IsHeld(Arena arena, List<Entry> entries) => ProcessTable.OpenFiles(arena.Server.SupervisorPid)
        .Any(path => entries.Any(entry => path.Contains(entry.Id!, StringComparison.Ordinal)));

    private static ExchangedName NewName(Arena arena, ForeignFiles foreign, string id, bool ofDirectory)
    {
        var log = LogOf(arena, id);
        var aside = Path.Combine(arena.Server.Scratch, $"aside-{id}");
        if (ofDirectory)
        {
            return new ExchangedName(log, foreign.Directory, aside);
        }

        var file = Path.GetFileName(Directory.EnumerateFiles(log).Single());
        return new ExchangedName(Path.Combine(log, file), Path.Combine(foreign.Directory, file), aside);
    }

    private static string LogOf(Arena arena, string id) => Path.Combine(arena.Server.StateDirectory, "logs", id);
}
