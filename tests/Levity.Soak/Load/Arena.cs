using System.Collections.Concurrent;
using Grpc.Core;
using Levity.EndToEnd.Tests.Fixtures;
using Levity.Protocol;
using Levity.Soak.Reporting;

namespace Levity.Soak.Load;

/// <summary>A server under fire, those who use it, and the record of what they asked for.</summary>
internal sealed class Arena : IAsyncDisposable
{
    private readonly ConcurrentQueue<Entry> _entries = new();
    private int _lastToken;

    private Arena(LevityServer server, Tally tally)
    {
        Server = server;
        Tally = tally;
        Truth = new GroundTruth(server.Scratch);

        // Not the server's own clients, which end with each levityd: these connect again, as people's do.
        Alice = new TestClient(server.Address, server.Certificates.ServerCa, server.Certificates.Alice);
        Bob = new TestClient(server.Address, server.Certificates.ServerCa, server.Certificates.Bob);
    }

    public LevityServer Server { get; }

    public Tally Tally { get; }

    public GroundTruth Truth { get; }

    /// <summary>Starts everything.</summary>
    public TestClient Alice { get; }

    /// <summary>Has started nothing, and so may learn of nothing.</summary>
    public TestClient Bob { get; }

    /// <summary>A process that is none of this Levity's business, and looks like a task of another one.</summary>
    public RunningProgram Bystander { get; } = RunningProgram.Start(
        ["sleep", "86400"], new Dictionary<string, string> { ["LEVITY_TASK_ID"] = $"{Guid.NewGuid()}" });

    /// <summary>There is a reason now for which starts may be refused.</summary>
    public bool RefusalsExpected { get; set; }

    public IReadOnlyCollection<Entry> Entries => _entries;

    public IEnumerable<Entry> Acknowledged => _entries.Where(entry => entry.Id is not null);

    public static async Task<Arena> OpenAsync(Tally tally, ServerSettings? settings = null) =>
        new(await LevityServer.StartAsync(settings), tally);

    public Errand NewErrand(ErrandKind kind, int lines, int code) =>
        new($"t{Interlocked.Increment(ref _lastToken)}", kind, lines, code);

    /// <summary>Asks for a start, once, and keeps what came of it.</summary>
    public async Task<Entry> StartAsync(Errand errand)
    {
        var entry = new Entry(errand);
        _entries.Enqueue(entry);
        await AskAsync(entry);
        return entry;
    }

    /// <summary>
    /// Asks again for all starts that were not answered, until they are. Each has its request key, so that no errand is
    /// run twice for that.
    /// </summary>
    public async Task RepeatUnansweredAsync()
    {
        foreach (var entry in _entries.Where(entry => entry is { Id: null, Refused: false }))
        {
            await Eventually.GetAsync(
                async () =>
                {
                    await AskAsync(entry);
                    return entry is { Id: null, Refused: false } ? null : entry;
                },
                () => $"an answer to the start of {entry.Errand}");
        }
    }

    /// <summary>Waits until alice is connected again after a restart, or levityd is gone once more.</summary>
    public Task ReachAsync() => Eventually.GetAsync<Arena>(
        async () =>
        {
            try
            {
                await Alice.QueryAsync($"{Guid.NewGuid()}");
                return null;
            }
            catch (RpcException e)
            {
                return e.StatusCode == StatusCode.NotFound || !Server.IsRunning ? this : null;
            }
        },
        () => "an answer from the new levityd");

    /// <summary>The answer to a query; null when there is none.</summary>
    public async Task<QueryTaskResponse?> TryQueryAsync(Entry entry)
    {
        try
        {
            return await Alice.QueryAsync(entry.Id!);
        }
        catch (RpcException e) when (e.IsNoAnswer())
        {
            return null;
        }
    }

    /// <summary>
    /// Asks after one task; what was told of an end before must be told again. False when there was no answer.
    /// </summary>
    public async Task<bool> LookAtAsync(Entry entry)
    {
        try
        {
            if (await TryQueryAsync(entry) is not { } answer)
            {
                return false;
            }

            if (answer.IsOver() && !entry.Agrees(answer))
            {
                Tally.Violation("I3", $"{entry.Errand}, {entry.Id}: ended as {entry.End} first, and then as {answer}");
            }
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.NotFound)
        {
            Tally.Violation("I1", $"{entry.Errand} was acknowledged as {entry.Id}: {e.Status}");
        }

        return true;
    }

    public async ValueTask DisposeAsync()
    {
        Alice.Dispose();
        Bob.Dispose();
        await Bystander.DisposeAsync();
        await Server.DisposeAsync();
    }

    private async Task AskAsync(Entry entry)
    {
        var errand = entry.Errand;
        try
        {
            entry.Id = await Alice.StartAsync(errand.ToRequest(Truth));
            Tally.Task();
        }
        catch (RpcException e) when (e.IsRefusal())
        {
            entry.Refused = true;
            if (!RefusalsExpected
                && (errand.ExpectedErrno is not { } errno || !e.Status.Detail.Contains(errno, StringComparison.Ordinal)))
            {
                Tally.Violation("I3", $"the start of {errand} was refused: {e.Status}");
            }
        }
        catch (RpcException e) when (e.IsNoAnswer())
        {
            // It has happened or it has not: the check in the end looks which.
        }
    }
}
