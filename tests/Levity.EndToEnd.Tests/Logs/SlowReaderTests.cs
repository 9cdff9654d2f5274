using Levity.EndToEnd.Tests.Fixtures;

namespace Levity.EndToEnd.Tests.Logs;

/// <summary>A reader that does not read is nobody else's problem.</summary>
public sealed class SlowReaderTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private readonly LevityServer _server = shared.Server;
    private readonly TestClient _client = shared.Server.Client();

    [Fact]
    [Trait("Load", "heavy")]
    public async Task A_stopped_follower_slows_nobody_and_gets_every_byte_later()
    {
        // 63 MB: more than all windows and buffers on the way take in.
        const string count = "8000000";
        var expected = RandomBytes.Hash((await RunningProgram.RunAsync(["seq", count])).Output);
        var go = new Gate(_server);
        var id = await _client.ShellAsync(
            "while [ ! -e \"$1\" ]; do echo waiting >&2; sleep 0.05; done; exec seq \"$2\"", go.FilePath, count);

        await using var follower = _server.Cli().Start("logs", "-f", id);
        await follower.Error.ContainsAsync("waiting");
        await Signals.SendAsync("STOP", follower.Pid);
        await Eventually.TrueAsync(() => ProcessEntry.Find(follower.Pid)?.State == 'T', "the follower being stopped");

        go.Open();
        Assert.Equal(expected, await _client.Follow(id).HashAsync());
        await _client.SuccessAsync(id);
        Assert.Equal('T', ProcessEntry.Find(follower.Pid)?.State);

        await Signals.SendAsync("CONT", follower.Pid);
        Assert.Equal(expected, RandomBytes.Hash((await follower.ResultAsync()).Successful().Output));
    }

    [Fact]
    [Trait("Load", "heavy")]
    public async Task Many_who_do_not_read_stop_neither_the_task_nor_one_who_does()
    {
        const string count = "8000000";
        var expected = RandomBytes.Hash((await RunningProgram.RunAsync(["seq", count])).Output);
        var go = new Gate(_server);
        var id = await _client.ShellAsync($"echo ready >&2; {Gate.Wait}; exec seq \"$2\"", go.FilePath, count);
        var stopped = Enumerable.Range(0, 5).Select(_ => _server.Cli().Start("logs", "-f", id)).ToList();
        foreach (var follower in stopped)
        {
            await follower.Error.ContainsAsync("ready");
            await Signals.SendAsync("STOP", follower.Pid);
        }

        // On a connection of their own: its window is full with them.
        var others = _server.Client();
        var unread = Enumerable.Range(0, 30).Select(_ => others.Follow(id)).ToList();
        await Task.WhenAll(unread.Select(follower => follower.NextAsync()));

        go.Open();
        Assert.Equal(expected, await _client.Follow(id).HashAsync());
        await _client.SuccessAsync(id);

        Assert.All(stopped, follower => Assert.Equal('T', ProcessEntry.Find(follower.Pid)?.State));
        foreach (var follower in stopped)
        {
            await follower.DisposeAsync();
        }
    }
}
