using Levity.Bench.Measuring;
using Levity.Bench.Peers;
using Levity.Bench.Reporting;
using Levity.Bench.UnderTest;
using Levity.Protocol;

namespace Levity.Bench.Rows;

/// <summary>
/// One log through StreamLogs, what is written already and what is being written, against bare gRPC streaming.
/// </summary>
internal sealed class LogReading : IRow
{
    private const int ChunkBytes = 64 * 1024;

    private static readonly Goal Aim = Goal.RatioAtLeast(0.9);

    public string Name => "reading";

    public async Task<RowReport> RunAsync(Workbench bench, CancellationToken cancellationToken)
    {
        var bytes = bench.Pick(512, 32) * (long)Unit.Mebi;
        await using var server = await LevityServer.StartAsync(bench, cancellationToken);
        await using var empty = await EmptyGrpc.StartAsync(bench, cancellationToken);
        using var client = bench.Connect(server);
        using var channel = bench.Channels.Open(empty.Address);
        var yardstick = new Yardstick.YardstickClient(channel);
        var written = await client.StartAsync("dd", Dd.Source(bytes), cancellationToken);
        await client.WaitAsync(written, cancellationToken);

        var samples = await Interleaved.MeasureAsync(
            warmUps: 1, rounds: bench.Pick(5, 2), cancellationToken,
            token => RateAsync(bytes, () => ReadAsync(client, written, token)),
            token => RateAsync(bytes, () => BareAsync(yardstick, bytes, token)),
            token => LiveAsync(server, client, bytes, token));
        return new RowReport(
            [
                Line.Compare(
                    "a log that is written already, by StreamLogs", Unit.MebibytesPerSecond, samples[0],
                    ("bare gRPC, 64 KiB chunks", samples[1]), Aim),
                Line.Compare(
                    "a log followed while it is written", Unit.MebibytesPerSecond, samples[2],
                    ("bare gRPC, 64 KiB chunks", samples[1]), Aim),
            ],
            $"reading: {bytes / Unit.Mebi:0} MiB, one client. Followed: from the start of a `dd` that writes as fast "
            + "as it can; its time, and that of capturing it, count for Levity only.");
    }

    private static async Task<double> LiveAsync(
        LevityServer server, LevityClient client, long bytes, CancellationToken cancellationToken)
    {
        TaskHandle? task = null;
        var rate = await RateAsync(bytes, async () =>
        {
            task = await client.StartAsync("dd", Dd.Source(bytes), cancellationToken);
            return await ReadAsync(client, task, cancellationToken);
        });
        await client.WaitAsync(task!, cancellationToken);
        server.DiscardLog(task!.Id);
        return rate;
    }

    private static async Task<long> ReadAsync(LevityClient client, TaskHandle task, CancellationToken cancellationToken)
    {
        var request = new StreamLogsRequest { TaskId = task, Follow = true };
        using var call = client.Api.StreamLogs(request, cancellationToken: cancellationToken);
        var bytes = 0L;
        while (await call.ResponseStream.MoveNext(cancellationToken))
        {
            bytes += call.ResponseStream.Current.Chunk?.Data.Length ?? 0;
        }

        return bytes;
    }

    private static async Task<long> BareAsync(
        Yardstick.YardstickClient client, long total, CancellationToken cancellationToken)
    {
        var request = new ChunksRequest { TotalBytes = total, ChunkBytes = ChunkBytes };
        using var call = client.Chunks(request, cancellationToken: cancellationToken);
        var bytes = 0L;
        while (await call.ResponseStream.MoveNext(cancellationToken))
        {
            bytes += call.ResponseStream.Current.Data.Length;
        }

        return bytes;
    }

    private static async Task<double> RateAsync(long bytes, Func<Task<long>> read)
    {
        var began = TimeProvider.System.GetTimestamp();
        var arrived = await read();
        var elapsed = TimeProvider.System.GetElapsedTime(began);
        return arrived == bytes
            ? bytes / Unit.Mebi / elapsed.TotalSeconds
            : throw new BrokenSideException($"{arrived} bytes arrived of {bytes}");
    }
}
