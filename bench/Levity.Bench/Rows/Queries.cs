using Google.Protobuf.WellKnownTypes;
using Levity.Bench.Measuring;
using Levity.Bench.Peers;
using Levity.Bench.Reporting;
using Levity.Bench.UnderTest;
using Levity.Protocol;

namespace Levity.Bench.Rows;

/// <summary>QueryTask against a call that does nothing, same stack, same client.</summary>
internal sealed class Queries : IRow
{
    private const int Connections = 4;
    private const int Callers = 32;

    public string Name => "queries";

    public async Task<RowReport> RunAsync(Workbench bench, CancellationToken cancellationToken)
    {
        var duration = TimeSpan.FromSeconds(bench.Pick(1.5, 0.5));
        await using var server = await LevityServer.StartAsync(bench, cancellationToken);
        await using var empty = await EmptyGrpc.StartAsync(bench, cancellationToken);
        var clients = Enumerable.Range(0, Connections).Select(_ => bench.Connect(server)).ToList();
        var channels = Enumerable.Range(0, Connections).Select(_ => bench.Channels.Open(empty.Address)).ToList();
        try
        {
            // One that is over: its report is the larger one.
            var task = await clients[0].StartAsync("/bin/true", [], cancellationToken);
            await clients[0].WaitAsync(task, cancellationToken);
            var yardsticks = channels.ConvertAll(channel => new Yardstick.YardstickClient(channel));
            var samples = await Interleaved.MeasureAsync(
                warmUps: bench.Pick(2, 1), rounds: bench.Pick(7, 2), cancellationToken,
                token => ClosedLoop.PerSecondAsync(
                    Callers,
                    duration,
                    (caller, isEnough) => QueryAsync(clients[caller % Connections], task, isEnough, token)),
                token => ClosedLoop.PerSecondAsync(
                    Callers,
                    duration,
                    (caller, isEnough) => NothingAsync(yardsticks[caller % Connections], isEnough, token)));
            return new RowReport(
                [
                    Line.Compare(
                        "QueryTask calls", Unit.PerSecond, samples[0], ("empty gRPC call", samples[1]),
                        Goal.RatioAtLeast(0.85)),
                ],
                $"queries: {Callers} callers over {Connections} connections, a task that is over.");
        }
        finally
        {
            clients.ForEach(client => client.Dispose());
            channels.ForEach(channel => channel.Dispose());
        }
    }

    private static async Task<int> QueryAsync(
        LevityClient client, TaskHandle task, Func<bool> isEnough, CancellationToken cancellationToken)
    {
        var count = 0;
        for (; !isEnough(); count++)
        {
            await client.Api.QueryTaskAsync(
                new QueryTaskRequest { TaskId = task }, cancellationToken: cancellationToken);
        }

        return count;
    }

    private static async Task<int> NothingAsync(
        Yardstick.YardstickClient client, Func<bool> isEnough, CancellationToken cancellationToken)
    {
        var count = 0;
        for (; !isEnough(); count++)
        {
            await client.NothingAsync(new Empty(), cancellationToken: cancellationToken);
        }

        return count;
    }
}
