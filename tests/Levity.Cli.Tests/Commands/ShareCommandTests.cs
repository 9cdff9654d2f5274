using System.Text.Json.Nodes;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Levity.Protocol;

namespace Levity.Cli.Tests.Commands;

public sealed class ShareCommandTests
{
    private const string Id = "8f2c1a1e-0000-4000-8000-000000000001";

    private static readonly TaskShare Answer = new()
    {
        User = "bob",
        Read = true,
        SharedAt = new Timestamp { Seconds = 1_767_323_045 },
        ExpiresAt = new Timestamp { Seconds = 1_767_326_645 },
    };

    [Fact]
    public async Task What_was_shared_is_told_as_the_server_says_it()
    {
        var (run, request) = await ShareAsync(Answer, "share", Id, "--to", "bob", "--read", "--for", "1h");

        Assert.Equal(
            new ShareTaskRequest
            {
                TaskId = new TaskHandle { Id = Id },
                User = "bob",
                Read = true,
                ValidFor = new Duration { Seconds = 3600 },
            },
            request);
        Assert.Equal("shared with bob, to read, until 2026-01-02T04:04:05.000Z\n", run.Output);
        Assert.Equal(("", 0), (run.Error, run.ExitCode));
    }

    [Fact]
    public async Task Without_a_duration_it_has_no_end_and_options_may_stand_before_the_id()
    {
        var (run, request) = await ShareAsync(
            new TaskShare { User = "bob", Read = true, Signal = true }, "share", "--signal", "--read", "--to=bob", Id);

        Assert.Equal((true, true, null), (request!.Read, request.Signal, request.ValidFor));
        Assert.Equal("shared with bob, to read and signal\n", run.Output);
    }

    [Fact]
    public async Task As_JSON_it_is_one_object_on_one_line()
    {
        var (run, _) = await ShareAsync(Answer, "share", Id, "--to", "bob", "--read", "-o", "json");

        Assert.Equal(run.Output.Length - 1, run.Output.IndexOf('\n', StringComparison.Ordinal));
        Assert.True(
            JsonNode.DeepEquals(
                JsonNode.Parse("""
                    {
                        "user": "bob",
                        "read": true,
                        "signal": false,
                        "expiresAt": "2026-01-02T04:04:05Z",
                        "sharedAt": "2026-01-02T03:04:05Z",
                        "attach": false
                    }
                    """),
                JsonNode.Parse(run.Output)),
            run.Output);
    }

    [Theory]
    [InlineData("text")]
    [InlineData("json")]
    public async Task Nothing_that_a_server_says_is_obeyed_by_the_terminal(string format)
    {
        var (run, _) = await ShareAsync(
            new TaskShare { User = "\u001b[2J\u202e\n", Signal = true }, "share", Id, "--to", "bob", "--signal", "-o", format);

        Assert.DoesNotContain(run.Output[..^1], c => char.IsControl(c) || c == '\u202e');
    }

    [Fact]
    public async Task It_is_asked_for_again_while_the_server_cannot_answer()
    {
        await using var installation = await Installation.StartAsync();
        var asked = 0;
        installation.Server.Tasks.Share = _ =>
            ++asked < 3 ? throw new RpcException(new Status(StatusCode.Unavailable, "not now")) : Answer;

        var run = await installation.RunAsync(["share", Id, "--to", "bob", "--read"]);

        Assert.Equal((3, 0), (asked, run.ExitCode));
    }

    [Fact]
    public async Task What_is_taken_back_is_asked_for_in_one_call_and_nothing_is_printed()
    {
        await using var installation = await Installation.StartAsync();
        var requests = new List<UnshareTaskRequest>();
        installation.Server.Tasks.Unshare = requests.Add;

        var run = await installation.RunAsync(["unshare", Id, "--from", "bob"]);

        Assert.Equal(
            new UnshareTaskRequest { TaskId = new TaskHandle { Id = Id }, User = "bob" }, Assert.Single(requests));
        Assert.Equal(("", "", 0), (run.Output, run.Error, run.ExitCode));
    }

    [Theory]
    [InlineData(StatusCode.NotFound, "levity: the reason\n")]
    [InlineData(StatusCode.ResourceExhausted, "levity: the reason\n")]
    [InlineData(StatusCode.PermissionDenied, "levity: not allowed: the reason\n")]
    public async Task A_refusal_is_a_line_and_a_failure(StatusCode code, string expected)
    {
        await using var installation = await Installation.StartAsync();
        installation.Server.Tasks.Share = _ => throw new RpcException(new Status(code, "the reason"));
        installation.Server.Tasks.Unshare = _ => throw new RpcException(new Status(code, "the reason"));

        var share = await installation.RunAsync(["share", Id, "--to", "bob", "--read"]);
        var unshare = await installation.RunAsync(["unshare", Id, "--from", "bob"]);

        Assert.Equal(("", expected, 125), (share.Output, share.Error, share.ExitCode));
        Assert.Equal(("", expected, 125), (unshare.Output, unshare.Error, unshare.ExitCode));
    }

    private static async Task<(CommandRun Run, ShareTaskRequest? Request)> ShareAsync(TaskShare answer, params string[] args)
    {
        await using var installation = await Installation.StartAsync();
        ShareTaskRequest? request = null;
        installation.Server.Tasks.Share = asked =>
        {
            request = asked;
            return answer;
        };
        return (await installation.RunAsync(args), request);
    }
}
