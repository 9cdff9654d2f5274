using Levity.Bench.Measuring;
using Levity.Bench.Peers;
using Levity.Bench.Reporting;
using Levity.Bench.UnderTest;

namespace Levity.Bench.Rows;

/// <summary>How long levityd takes to be ready.</summary>
internal sealed class Readiness : IRow
{
    public string Name => "readiness";

    public async Task<RowReport> RunAsync(Workbench bench, CancellationToken cancellationToken)
    {
        var samples = await Interleaved.MeasureAsync(
            warmUps: 1, rounds: bench.Pick(7, 2), cancellationToken,
            token => LevitydAsync(bench, token), token => EmptyAsync(bench, token));
        return new RowReport(
            [
                Line.Measure(
                    "levityd ready, empty registry", Unit.Seconds, samples[0], Goal.AtMost(0.4, Unit.Seconds),
                    ("empty gRPC server, not precompiled", samples[1])),
            ],
            "readiness: from spawn to `Listening on`, with a new state directory and the start of a supervisor. The "
            + "peer is this benchmark itself, compiled as it runs; levityd is precompiled (ReadyToRun).");
    }

    private static async Task<double> LevitydAsync(Workbench bench, CancellationToken cancellationToken)
    {
        await using var server = await LevityServer.StartAsync(bench, cancellationToken);
        return server.ReadyAfter.TotalSeconds;
    }

    private static async Task<double> EmptyAsync(Workbench bench, CancellationToken cancellationToken)
    {
        await using var server = await EmptyGrpc.StartAsync(bench, cancellationToken);
        return server.ReadyAfter.TotalSeconds;
    }
}
