using Levity.Bench.Measuring;
using Levity.Bench.Peers;
using Levity.Bench.Processes;
using Levity.Bench.Reporting;
using Levity.Bench.UnderTest;

namespace Levity.Bench.Rows;

/// <summary>The command line as a whole process, TLS handshake included, against ssh.</summary>
internal sealed class WholeCommand : IRow
{
    private const string What = "`levity run -- true` as a whole process";

    private static readonly Goal OpenGoal = Goal.RatioAtMost(0.25);
    private static readonly Goal ColdGoal = Goal.RatioAtMost(0.1);

    public string Name => "command";

    public async Task<RowReport> RunAsync(Workbench bench, CancellationToken cancellationToken)
    {
        if (!Ssh.IsInstalled)
        {
            return new RowReport(
            [
                Line.NotMeasured(What, Ssh.HowToInstall, OpenGoal),
                Line.NotMeasured(What, Ssh.HowToInstall, ColdGoal),
            ]);
        }

        await using var server = await LevityServer.StartAsync(bench, cancellationToken);
        await using var ssh = await Ssh.StartAsync(bench, cancellationToken);
        var levity = new TimedCommand([.. server.CommandLine("run", "--", "true")]);
        var overOpen = ssh.OverOpenConnection("true");
        var cold = ssh.Cold("true");

        // A levityd that has just started is being compiled while it is measured; one that runs for a day is not.
        for (var i = 0; i < bench.Pick(500, 3); i++)
        {
            await levity.MillisecondsAsync(cancellationToken);
        }

        var samples = await Interleaved.MeasureAsync(
            warmUps: bench.Pick(20, 3), rounds: bench.Pick(40, 5), cancellationToken,
            levity.MillisecondsAsync, overOpen.MillisecondsAsync, cold.MillisecondsAsync);
        await ssh.RequireOpenConnectionAsync(cancellationToken);
        return new RowReport(
            [
                Line.Compare(What, Unit.Milliseconds, samples[0], ("ssh, open connection", samples[1]), OpenGoal),
                Line.Compare(What, Unit.Milliseconds, samples[0], ("ssh, cold", samples[2]), ColdGoal),
            ],
            "command: starts the task, follows its output and waits for its end, as ssh does; each makes a TLS connection of "
            + "its own. levityd has run 500 commands before. ssh runs without PAM and without start-up files of the shell.");
    }
}
