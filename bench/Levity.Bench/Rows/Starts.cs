using Levity.Bench.Measuring;
using Levity.Bench.Peers;
using Levity.Bench.Reporting;
using Levity.Bench.UnderTest;
using Levity.Protocol;

namespace Levity.Bench.Rows;

/// <summary>Start, exit and durable end of the shortest task, by many callers, against bare posix_spawn.</summary>
internal sealed class Starts : IRow
{
    private const int Connections = 4;
    private const int Callers = 32;

    // So many tasks ago are over by now, usually: asking once is enough.
    private const int InFlight = 8;

    public string Name => "starts";

    public async Task<RowReport> RunAsync(Workbench bench, CancellationToken cancellationToken)
    {
        var duration = TimeSpan.FromSeconds(bench.Pick(2, 0.5));
        await using var server = await LevityServer.StartAsync(bench, cancellationToken);
        await using var raw = new RawSpawn();
        var clients = Enumerable.Range(0, Connections).Select(_ => bench.Connect(server)).ToList();
        try
        {
            var samples = await Interleaved.MeasureAsync(
                warmUps: bench.Pick(2, 1), rounds: bench.Pick(7, 2), cancellationToken,
                token => ClosedLoop.PerSecondAsync(
                    Callers, duration, (caller, isEnough) => CallAsync(clients[caller % Connections], isEnough, token)),
                token => raw.PerSecondAsync(duration, token));
            return new RowReport(
                [
                    Line.Compare(
                        "start → exit → durable end of `/bin/true`", Unit.PerSecond, samples[0],
                        ("posix_spawn", samples[1]), Goal.RatioAtLeast(0.6)),
                ],
                $"starts: {Callers} callers over {Connections} connections; a task counts when QueryTask says "
                + "Finished. The callers run on the same cores and are part of the price; the peer has a thread a core.");
        }
        finally
        {
            clients.ForEach(client => client.Dispose());
        }
    }

    private static async Task<int> CallAsync(
        LevityClient client, Func<bool> isEnough, CancellationToken cancellationToken)
    {
        var count = 0;
        var unfinished = new Queue<TaskHandle>();
        for (; !isEnough(); count++)
        {
            unfinished.Enqueue(await client.StartAsync("/bin/true", [], cancellationToken));
            if (unfinished.Count == InFlight)
            {
                await client.WaitAsync(unfinished.Dequeue(), cancellationToken);
            }
        }

        foreach (var task in unfinished)
        {
            await client.WaitAsync(task, cancellationToken);
        }

        return count;
    }
}
