using Levity.Bench.Measuring;
using Levity.Bench.Peers;
using Levity.Bench.Reporting;
using Levity.Bench.UnderTest;

namespace Levity.Bench.Rows;

/// <summary>A task that writes as fast as it can, against the same through a pipe into a file.</summary>
internal sealed class Capture : IRow
{
    public string Name => "capture";

    public async Task<RowReport> RunAsync(Workbench bench, CancellationToken cancellationToken)
    {
        var bytes = bench.Pick(1024, 64) * (long)Unit.Mebi;
        await using var server = await LevityServer.StartAsync(bench, cancellationToken);
        using var client = bench.Connect(server);
        var samples = await Interleaved.MeasureAsync(
            warmUps: 1, rounds: bench.Pick(7, 2), cancellationToken,
            token => TaskAsync(server, client, bytes, token),
            token => PipeAsync(bench.NewPath("file"), bytes, token));
        return new RowReport(
            [
                Line.Compare(
                    "capture of a task that writes as fast as it can", Unit.MebibytesPerSecond, samples[0],
                    ("dd | dd of=file", samples[1]), Goal.RatioAtLeast(0.8)),
            ],
            $"capture: {bytes / Unit.Mebi:0} MiB from `dd` in blocks of 64 KiB, from StartTask until QueryTask says "
            + "Finished; both files are thrown away before the next round, so that no write-back is left to it.");
    }

    private static async Task<double> TaskAsync(
        LevityServer server, LevityClient client, long bytes, CancellationToken cancellationToken)
    {
        var began = TimeProvider.System.GetTimestamp();
        var task = await client.StartAsync("dd", Dd.Source(bytes), cancellationToken);
        await client.WaitAsync(task, cancellationToken);
        var elapsed = TimeProvider.System.GetElapsedTime(began);
        if (server.LogBytes(task.Id) < bytes)
        {
            throw new BrokenSideException($"the log of task {task.Id} is shorter than its output");
        }

        server.DiscardLog(task.Id);
        return bytes / Unit.Mebi / elapsed.TotalSeconds;
    }

    private static async Task<double> PipeAsync(string file, long bytes, CancellationToken cancellationToken)
    {
        var milliseconds = await Dd.Into(file, bytes).MillisecondsAsync(cancellationToken);
        if (new FileInfo(file).Length != bytes)
        {
            throw new BrokenSideException($"dd wrote {new FileInfo(file).Length} bytes of {bytes}");
        }

        File.Delete(file);
        return bytes / Unit.Mebi / (milliseconds / 1000);
    }
}
