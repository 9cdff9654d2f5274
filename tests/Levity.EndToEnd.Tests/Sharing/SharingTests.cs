using System.Text.Json;
using Grpc.Core;
using Levity.EndToEnd.Tests.Audit;
using Levity.EndToEnd.Tests.Fixtures;
using Levity.Protocol;

namespace Levity.EndToEnd.Tests.Sharing;

/// <summary>Alice shares tasks with bob, and carol has no part in it.</summary>
public sealed class SharingTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private readonly LevityServer _server = shared.Server;
    private readonly TestClient _alice = shared.Server.Client();
    private readonly TestClient _bob = shared.Server.Client(shared.Server.Certificates.Bob);
    private readonly LevityCommand _levity = shared.Server.Cli();
    private readonly LevityCommand _bobsLevity = shared.Server.Cli(shared.Server.Certificates.Bob);

    [Fact]
    public async Task What_is_shared_to_be_read_is_read_and_not_stopped_and_shown_to_those_who_know_of_it()
    {
        var id = await _levity.StartTaskAsync("-D", "TOKEN=secret", "--", "sh", "-c", "echo hello; exec sleep 300");
        await _alice.OutputAsync(id, "hello");
        await _alice.ShareAsync(id, "carol", signal: true);

        var said = (await _levity.RunAsync("share", id, "--to", "bob", "--read", "--for", "1h")).Successful().OutputText;

        Assert.StartsWith("shared with bob, to read, until 2", said, StringComparison.Ordinal);
        Assert.Equal("hello\n", (await _bobsLevity.RunAsync("logs", id)).Successful().OutputText);
        Assert.Equal("Running\n", (await _bobsLevity.RunAsync("query", id)).Successful().OutputText);
        var bobs = (await _bobsLevity.RunAsync("inspect", id)).Successful().OutputText;
        Assert.Contains(": TOKEN (value withheld)\n", bobs, StringComparison.Ordinal);
        Assert.Equal([said["shared with ".Length..]], SharesIn(bobs));
        Assert.Equal(
            ["carol, to signal\n", said["shared with ".Length..]],
            SharesIn((await _levity.RunAsync("inspect", id)).Successful().OutputText));
        using var json = JsonDocument.Parse((await _bobsLevity.RunAsync("query", "-o", "json", id)).Successful().Output);
        Assert.Equal("bob", json.RootElement.GetProperty("shares")[0].GetProperty("user").GetString());
        var refusal = await _bobsLevity.RunAsync("signal", id);
        Assert.StartsWith(
            $"levity: not allowed: bob may not signal task {id}: its owner can", refusal.ErrorText, StringComparison.Ordinal);
        Assert.Equal(125, refusal.ExitCode);
    }

    [Fact]
    public async Task Who_may_stop_a_task_stops_it_in_their_own_name()
    {
        var id = await _levity.StartTaskAsync("sleep", "300");
        (await _levity.RunAsync("share", id, "--to", "bob", "--signal")).Successful();

        (await _bobsLevity.RunAsync("signal", id)).Successful();

        Assert.Equal("bob", (await _alice.EndAsync(id)).Ending.StopRequestedBy);
        var refusal = await Assert.ThrowsAsync<RpcException>(() => _bob.QueryAsync(id));
        Assert.Equal(StatusCode.PermissionDenied, refusal.StatusCode);
    }

    [Fact]
    public async Task Streams_of_who_has_no_share_any_more_end_and_nobody_elses()
    {
        var id = await _alice.ShellAsync("echo ready; exec sleep 300");
        await _alice.ShareAsync(id, "bob", read: true);
        using var alices = _alice.Follow(id);
        await alices.NextAsync();
        using var bobs = _bob.Follow(id);
        await bobs.NextAsync();
        await using var follower = _bobsLevity.Start("logs", "-f", id);
        await follower.Output.ContainsAsync("ready");

        (await _levity.RunAsync("unshare", id, "--from", "bob")).Successful();

        var end = await Assert.ThrowsAsync<RpcException>(() => bobs.NextAsync());
        Assert.Equal((StatusCode.NotFound, $"no such task: {id}"), (end.StatusCode, end.Status.Detail));
        Assert.Equal(125, await follower.ExitAsync());
        Assert.Equal($"levity: no such task: {id}\n", follower.Error.Text);
        var next = await Assert.ThrowsAsync<RpcException>(() => _bob.QueryAsync(id));
        Assert.Equal(end.Status.Detail, next.Status.Detail);
        await _alice.SignalAsync(id);
        Assert.Equal(StreamLogsResponse.EventOneofCase.Sealed, (await alices.NextAsync()).EventCase);
    }

    [Fact]
    public async Task A_stream_ends_with_the_share_that_it_goes_by()
    {
        var id = await _alice.ShellAsync("echo ready; exec sleep 300");
        await _alice.ShareAsync(id, "bob", read: true);
        using var bobs = _bob.Follow(id);
        await bobs.NextAsync();

        // However long it takes to open a stream, it is open before its share is about to expire.
        await _alice.ShareAsync(id, "bob", read: true, validFor: TimeSpan.FromSeconds(1));

        var end = await Assert.ThrowsAsync<RpcException>(() => bobs.NextAsync());
        Assert.Equal((StatusCode.NotFound, $"no such task: {id}"), (end.StatusCode, end.Status.Detail));
        Assert.Empty((await _alice.QueryAsync(id)).Shares);
    }

    [Fact]
    public async Task Who_shared_what_with_whom_is_on_record()
    {
        var id = await _alice.StartAsync("sleep", "300");
        await _alice.ShareAsync(id, "bob", read: true);
        await Assert.ThrowsAsync<RpcException>(() => _bob.ShareAsync(id, "carol", read: true));
        await Assert.ThrowsAsync<RpcException>(() => _alice.ShareAsync(id, "c\n\u001b[31m\"}", read: true));
        await _alice.UnshareAsync(id, "bob");

        var records = AuditRecords.Of(_server).Where(entry => entry.Task == id && entry.User is not null);

        Assert.Equal(
            [
                ("alice", "/levity.TaskManager/ShareTask", "bob", "OK"),
                ("bob", "/levity.TaskManager/ShareTask", "carol", "PERMISSION_DENIED"),
                ("alice", "/levity.TaskManager/ShareTask", "c\n\u001b[31m\"}", "INVALID_ARGUMENT"),
                ("alice", "/levity.TaskManager/UnshareTask", "bob", "OK"),
            ],
            records.Select(entry => (entry.Identity!, entry.Rpc!, entry.User!, entry.Outcome!)));
        var raw = await File.ReadAllTextAsync(AuditRecords.FileOf(_server), TestContext.Current.CancellationToken);
        Assert.DoesNotContain(raw, c => char.IsControl(c) && c != '\n');
    }

    [Theory]
    [InlineData("alice", "user: alice owns the task")]
    [InlineData("b\u00f6b", "user: 'b\\u00f6b' is no name of a user")]
    [InlineData("", "user: '' is no name of a user")]
    public async Task A_share_that_makes_no_sense_is_refused_by_the_server_itself(string user, string reason)
    {
        var id = await _alice.StartAsync("sleep", "300");

        var refusal = await Assert.ThrowsAsync<RpcException>(() => _alice.ShareAsync(id, user, read: true));

        Assert.Equal(StatusCode.InvalidArgument, refusal.StatusCode);
        Assert.StartsWith(reason, refusal.Status.Detail, StringComparison.Ordinal);
    }

    private static List<string> SharesIn(string report) =>
    [
        .. report.TrimEnd('\n').Split('\n')
            .Where(line => line.StartsWith("shared with:", StringComparison.Ordinal))
            .Select(line => $"{line["shared with:".Length..].Trim()}\n"),
    ];
}
