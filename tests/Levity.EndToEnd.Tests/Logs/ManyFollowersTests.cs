using Levity.EndToEnd.Tests.Fixtures;

namespace Levity.EndToEnd.Tests.Logs;

/// <summary>Many who follow one task.</summary>
[Trait("Load", "heavy")]
public sealed class ManyFollowersTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private const int Connections = 4;
    private const int Followers = 50;

    [Fact]
    public async Task Two_hundred_followers_get_every_byte_and_cost_less_than_two_descriptors_each()
    {
        var server = shared.Server;
        var go = new Gate(server);
        var truth = Path.Combine(server.Scratch, "truth");
        var id = await server.Client().ShellAsync(
            $"{{ echo ready; {Gate.Wait}; for i in $(seq 50); do seq $i 1000; sleep 0.02; done; head -c 99999 /dev/urandom; }}"
            + " | tee \"$2\"",
            go.FilePath,
            truth);
        var clients = Enumerable.Range(0, Connections).Select(_ => server.Client()).ToList();
        await Task.WhenAll(clients.Select(client => client.OutputAsync(id, "ready\n")));
        var before = ProcessTable.OpenDescriptors(server.Pid);

        var hashes = clients.SelectMany(client => Enumerable.Range(0, Followers).Select(_ => client.Follow(id).HashAsync()))
            .ToList();
        await Eventually.TrueAsync(
            () => server.LogsBeingRead == hashes.Count, () => $"{hashes.Count} readers; there are {server.LogsBeingRead}");
        Assert.InRange(ProcessTable.OpenDescriptors(server.Pid), before, before + 2 * hashes.Count - 1);
        go.Open();

        await Eventually.CompletesAsync(Task.WhenAll(hashes), "the end of all streams");
        await server.Client().SuccessAsync(id);
        var expected = RandomBytes.Hash(await File.ReadAllBytesAsync(truth, TestContext.Current.CancellationToken));
        Assert.All(hashes, hash => Assert.Equal(expected, hash.Result));
        await Eventually.TrueAsync(() => server.LogsBeingRead == 0, () => $"no reader; there are {server.LogsBeingRead}");
    }
}
