using System.Globalization;
using Levity.Bench.Measuring;
using Levity.Bench.Reporting;
using Levity.Bench.UnderTest;

namespace Levity.Bench.Rows;

/// <summary>Many followers of one task: how late do they hear of a line, and do all of them get every byte.</summary>
internal sealed class Followers : IRow
{
    private const string Ready = "ready\n";

    private static readonly TimeSpan ConnectBound = TimeSpan.FromMinutes(1);

    // $1 lines, each 1,021 bytes long: when it was made in nanoseconds since 1970, a space, filler. They begin when the
    // file $2 is there, which is when all followers are.
    private const string Script =
        """
        filler=$(head -c 1000 /dev/zero | tr '\0' x)
        echo ready
        while [ ! -e "$2" ]; do sleep 0.05; done
        i=0
        while [ $i -lt "$1" ]; do
            echo "$(date +%s%N) $filler"
            sleep 0.1
            i=$((i + 1))
        done
        """;

    private const int LineBytes = 19 + 1 + 1000 + 1;

    public string Name => "followers";

    public async Task<RowReport> RunAsync(Workbench bench, CancellationToken cancellationToken)
    {
        var count = bench.Pick(1_000, 50);
        var lines = bench.Pick(150, 20);
        var go = bench.NewPath("go");
        await using var server = await LevityServer.StartAsync(bench, cancellationToken);
        using var starter = bench.Connect(server);
        var task = await starter.StartAsync(
            "sh", ["-c", Script, "sh", lines.ToString(CultureInfo.InvariantCulture), go], cancellationToken);

        var clients = Enumerable.Range(0, count).Select(_ => bench.Connect(server)).ToList();
        try
        {
            var followers = clients.ConvertAll(client => new Follower(client, task));
            var following = Task.WhenAll(followers.Select(follower => follower.RunAsync(cancellationToken)));
            await await Task.WhenAny(Task.WhenAll(followers.Select(follower => follower.Begun)), following)
                .WaitAsync(ConnectBound, TimeProvider.System, cancellationToken);
            await File.WriteAllBytesAsync(go, [], cancellationToken);
            await following;
            await starter.WaitAsync(task, cancellationToken);
            RequireAllBytes(followers, Ready.Length + lines * LineBytes);

            var lags = new Samples(followers.SelectMany(follower => follower.LagsInSeconds));
            return new RowReport(
                [
                    Line.Measure(
                        $"{count:N0} followers of one task, p99 lag", Unit.Seconds, new Samples([lags.Percentile(99)]),
                        Goal.AtMost(1, Unit.Seconds)),
                ],
                $"followers: a connection each, {lines} lines of 1 KiB, ten a second; lag from before a line is "
                + $"written until a follower has it: median {Unit.Seconds.Show(lags.Median)}, worst "
                + $"{Unit.Seconds.Show(lags.Max)}. Every follower got all {Ready.Length + lines * LineBytes:N0} bytes.");
        }
        finally
        {
            clients.ForEach(client => client.Dispose());
            File.Delete(go);
        }
    }

    private static void RequireAllBytes(List<Follower> followers, long bytes)
    {
        if (followers.Find(follower => follower.Bytes != bytes) is { } short_)
        {
            throw new BrokenSideException($"a follower got {short_.Bytes} bytes of {bytes}");
        }

        if (followers.Select(follower => follower.Digest).Distinct().Count() > 1)
        {
            throw new BrokenSideException("not all followers got the same bytes");
        }
    }
}
