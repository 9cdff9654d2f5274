using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Levity.EndToEnd.Tests.Fixtures;
using Levity.Soak.Checks;
using Levity.Soak.Load;

namespace Levity.Soak.Scenarios;

/// <summary>
/// Floods of each kind, from several addresses, by strangers and by a user, while other users go on with their work. No call
/// of theirs fails, the server gives back what the floods took, and who was turned away is on record, all of them.
/// </summary>
internal sealed class HostileClients : IScenario
{
    private static readonly TimeSpan Normal = TimeSpan.FromSeconds(10);
    private const double MostMilliseconds = 1000;

    // A machine on which calls take so long without any flood cannot be judged by time.
    private const double BusyMilliseconds = 200;

    public string Name => "hostile-clients";

    public async Task RunAsync(Soaking soaking)
    {
        await using var arena = await Arena.OpenAsync(soaking.Tally);
        var mallory = arena.Server.Certificates.Clients.IssueUser("mallory", "mallory");
        var attackers = new Attackers(arena, mallory);
        var task = (await arena.StartAsync(arena.NewErrand(ErrandKind.Print, lines: 1, code: 0))).Id!;
        var length = TimeSpan.FromMilliseconds(soaking.Options.Amount(full: 10_000, quick: 500));

        // Once without looking: what it needs for them the first time it keeps.
        foreach (var flood in Flood.All)
        {
            using var enough = new CancellationTokenSource(length / 4, TimeProvider.System);
            await attackers.AttackAsync(flood, enough.Token);
        }

        var footprint = Footprint.Of(arena.Server);
        var memory = Memory.Of(arena.Server);
        var before = await CallAsync(arena, task, length, () => Task.CompletedTask);
        soaking.Tally.Note($"no flood: {Text(before)}");
        foreach (var flood in Flood.All)
        {
            soaking.CancellationToken.ThrowIfCancellationRequested();
            await FloodAsync(arena, soaking, attackers, flood, task, length, before);
        }

        await footprint.AssertRegainedAsync(arena.Server, soaking.Tally);
        memory.AssertNotGrown(Memory.Of(arena.Server), tasks: 0, soaking.Tally);
        await new Invariants(arena, supervisorsEnded: false, soaking.CancellationToken).CheckAsync();

        // levityd has ended once in that check: all is on record.
        var recorded = RefusalsOnRecord(arena.Server);
        if (recorded != attackers.StrangersConnections)
        {
            soaking.Tally.Violation(
                "I9", $"{attackers.StrangersConnections} connections of strangers, and {recorded} of them on record");
        }
    }

    private static async Task FloodAsync(
        Arena arena, Soaking soaking, Attackers attackers, Flood flood, string task, TimeSpan length, Callers before)
    {
        var processor = ProcessorTime(arena.Server);
        var during = await CallAsync(arena, task, length, enough => attackers.AttackAsync(flood, enough));
        var share = (ProcessorTime(arena.Server) - processor) / length;
        var memory = Memory.Of(arena.Server).Daemon / 1024 / 1024;
        var (ended, after) = (TimeProvider.System.GetTimestamp(), during);
        do
        {
            after = await CallAsync(arena, task, TimeSpan.FromMilliseconds(300), _ => Task.CompletedTask);
        }
        while (after.P99OfCalls > Math.Max(100, 3 * before.P99OfCalls)
            && TimeProvider.System.GetElapsedTime(ended) < 3 * Normal);

        var normal = TimeProvider.System.GetElapsedTime(ended);
        soaking.Tally.Note(string.Create(
            CultureInfo.InvariantCulture,
            $"{flood.Name}: {Text(during)}; as before after "
            + $"{normal.TotalSeconds:0.0} s; levityd took {share:P0} of a processor, and has {memory} MiB"));
        if (soaking.Options.Quick || before.P99OfCalls > BusyMilliseconds)
        {
            return;
        }

        if (during.P99OfCalls > MostMilliseconds || normal > Normal)
        {
            soaking.Tally.Violation("I9", $"{flood.Name}: {Text(during)}, and as before after {normal.TotalSeconds:0.0} s");
        }
    }

    private static Task<Callers> CallAsync(Arena arena, string task, TimeSpan length, Func<Task> flood) =>
        CallAsync(arena, task, length, _ => flood());

    private static async Task<Callers> CallAsync(
        Arena arena, string task, TimeSpan length, Func<CancellationToken, Task> flood)
    {
        using var enough = new CancellationTokenSource(length, TimeProvider.System);
        var callers = new Callers(arena, task);
        await Task.WhenAll(callers.CallAsync(enough.Token), flood(enough.Token));
        return callers;
    }

    private static TimeSpan ProcessorTime(LevityServer server)
    {
        using var levityd = Process.GetProcessById(server.Pid);
        return levityd.TotalProcessorTime;
    }

    private static string Text(Callers callers) => string.Create(
        CultureInfo.InvariantCulture,
        $"{callers.Count} calls, p99 {callers.P99OfCalls:0} ms, with a new connection {callers.P99OfConnections:0} ms");

    private static long RefusalsOnRecord(LevityServer server) => Directory
        .EnumerateFiles(server.StateDirectory, "audit.log*")
        .SelectMany(File.ReadLines)
        .Select(line => JsonDocument.Parse(line).RootElement)
        .Where(record => record.GetProperty("event").ValueEquals("handshake")
            && record.GetProperty("address").GetString()!.StartsWith(Attackers.Strangers, StringComparison.Ordinal))
        .Sum(record => record.TryGetProperty("handshakes", out var count) ? count.GetInt64() : 1);
}
