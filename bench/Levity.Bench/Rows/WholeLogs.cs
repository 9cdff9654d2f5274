using Levity.Bench.Measuring;
using Levity.Bench.Peers;
using Levity.Bench.Processes;
using Levity.Bench.Reporting;
using Levity.Bench.UnderTest;

namespace Levity.Bench.Rows;

/// <summary>`levity logs` as a whole process against `ssh host cat`.</summary>
internal sealed class WholeLogs : IRow
{
    private const string What = "`levity logs ID > /dev/null`";

    private static readonly Goal Aim = Goal.RatioAtLeast(2);

    public string Name => "logs";

    public async Task<RowReport> RunAsync(Workbench bench, CancellationToken cancellationToken)
    {
        if (!Ssh.IsInstalled)
        {
            return new RowReport([Line.NotMeasured(What, Ssh.HowToInstall, Aim)]);
        }

        var bytes = bench.Pick(512, 32) * (long)Unit.Mebi;
        await using var server = await LevityServer.StartAsync(bench, cancellationToken);
        await using var ssh = await Ssh.StartAsync(bench, cancellationToken);
        using var client = bench.Connect(server);
        var task = await client.StartAsync("dd", Dd.Source(bytes), cancellationToken);
        await client.WaitAsync(task, cancellationToken);
        var file = bench.NewPath("file");
        Dd.Into(file, bytes).Run();

        var logs = new TimedCommand([.. server.CommandLine("logs", task.Id)]);
        var cat = ssh.OverOpenConnection("cat", file);
        var samples = await Interleaved.MeasureAsync(
            warmUps: 1, rounds: bench.Pick(5, 2), cancellationToken,
            token => RateAsync(logs, token), token => RateAsync(cat, token));
        await ssh.RequireOpenConnectionAsync(cancellationToken);
        File.Delete(file);
        return new RowReport(
            [
                Line.Compare(
                    What, Unit.MebibytesPerSecond, samples[0], ("ssh host cat, open connection", samples[1]), Aim),
            ],
            $"logs: {bytes / Unit.Mebi:0} MiB, whole processes; Levity's time includes its TLS handshake.");

        async Task<double> RateAsync(TimedCommand command, CancellationToken token) =>
            bytes / Unit.Mebi / (await command.MillisecondsAsync(token) / 1000);
    }
}
