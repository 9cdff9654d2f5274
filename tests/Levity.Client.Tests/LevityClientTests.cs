using Grpc.Core;
using Levity.Cli.Tests.Server;
using Levity.Protocol;

namespace Levity.Client.Tests;

/// <summary>What a program has of the library: one connection, calls that are safe to repeat, logs, errors.</summary>
public sealed class LevityClientTests : IAsyncLifetime
{
    private const string Id = "0b5e58ca-4f5b-4e0c-9a0c-0b7a3d7b3f11";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private FakeInstallation _installation = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private FakeServer Server => _installation.Server;

    public async ValueTask InitializeAsync() => _installation = await FakeInstallation.StartAsync();

    public ValueTask DisposeAsync() => _installation.DisposeAsync();

    [Fact]
    public async Task All_calls_share_one_connection_that_is_opened_by_the_first()
    {
        Server.Tasks.Query = (_, _) => Task.FromResult(new QueryTaskResponse { Owner = "alice" });
        Server.Tasks.Stream = LogScript.Of(LogScript.Stdout("x"u8), LogScript.Sealed());
        using var client = new LevityClient(_installation.Options);
        Assert.Equal(0, Server.Accepted);

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => client.QueryAsync(Id, Cancelled)));
        Assert.Equal("x", await ReadAsync(client.FollowAsync(Id, cancellationToken: Cancelled)));

        Assert.All(answers, answer => Assert.Equal("alice", answer.Owner));
        Assert.Equal(1, Server.Accepted);
    }

    [Fact]
    public async Task A_connection_that_was_lost_is_made_anew_by_the_next_call()
    {
        Server.Tasks.Query = (_, _) => Task.FromResult(new QueryTaskResponse());
        using var client = new LevityClient(_installation.Options);

        for (var round = 1; round <= 3; round++)
        {
            await client.QueryAsync(Id, Cancelled);
            Assert.Equal(round, Server.Accepted);
            Server.Cut();
        }
    }

    [Fact]
    public async Task A_start_gets_a_key_and_is_repeated_with_it_while_the_request_stays_as_it_was()
    {
        var keys = new List<string>();
        Server.Tasks.Start = request =>
        {
            keys.Add(request.RequestKey);
            return keys.Count < 3
                ? throw new RpcException(new Status(StatusCode.Unavailable, "not just now"))
                : new StartTaskResponse { TaskId = new TaskHandle { Id = Id } };
        };
        using var client = new LevityClient(_installation.Options);
        var request = new StartTaskRequest { Binary = "true" };

        var response = await client.StartAsync(request, Cancelled);

        Assert.Equal((Id, 3), (response.TaskId.Id, keys.Count));
        Assert.NotEmpty(Assert.Single(keys.Distinct()));
        Assert.False(request.HasRequestKey);
    }

    [Fact]
    public async Task A_log_is_given_message_by_message_and_whoever_leaves_ends_the_call()
    {
        var left = new TaskCompletionSource();
        Server.Tasks.Stream = async (_, writer, call) =>
        {
            await using var leaving = call.CancellationToken.Register(left.SetResult);
            await LogScript.WriteAsync([LogScript.Stdout("a"u8), LogScript.Stderr("b"u8)], 0, 2, writer, call.CancellationToken);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, call.CancellationToken);
        };
        using var client = new LevityClient(_installation.Options);
        var cursors = new List<ulong>();

        await foreach (var message in client.FollowAsync(Id, cancellationToken: Cancelled))
        {
            cursors.Add(message.Cursor);
            if (message.Chunk.Stream == LogStream.Stderr)
            {
                break;
            }
        }

        Assert.Equal([1ul, 2ul], cursors);
        await left.Task.WaitAsync(Patience, Cancelled);
    }

    [Fact]
    public async Task A_follower_goes_on_behind_its_last_message_and_tells_of_it_once()
    {
        var asked = new List<ulong>();
        StreamLogsResponse[] log = [LogScript.Stdout("1"u8), LogScript.Stdout("2"u8), LogScript.Sealed()];
        Server.Tasks.Stream = async (request, writer, call) =>
        {
            asked.Add(request.Cursor);
            await LogScript.WriteAsync(log, (int)request.Cursor, (int)request.Cursor + 1, writer, call.CancellationToken);
            if (request.Cursor + 1 < (ulong)log.Length)
            {
                throw new RpcException(new Status(StatusCode.Unavailable, "levityd is shutting down"));
            }
        };
        using var client = new LevityClient(_installation.Options);
        var lost = 0;
        var request = new StreamLogsRequest { TaskId = new TaskHandle { Id = Id }, Follow = true };

        var text = await ReadAsync(client.StreamLogsAsync(request, () => lost++, Cancelled));

        Assert.Equal(("12", 2), (text, lost));
        Assert.Equal([0ul, 1ul, 2ul], asked);
        Assert.Equal(0ul, request.Cursor);
    }

    [Fact]
    public async Task The_end_of_a_task_is_waited_for_whatever_happens_to_the_connection()
    {
        var calls = 0;
        Server.Tasks.Watch = async (_, writer, call) =>
        {
            var state = ++calls < 3 ? TaskStatusCode.Running : TaskStatusCode.Lost;
            await writer.WriteAsync(
                new WatchTaskResponse { Report = new QueryTaskResponse { StatusCode = state } }, call.CancellationToken);
            if (calls == 1)
            {
                Server.Cut();
            }
        };
        using var client = new LevityClient(_installation.Options);

        var end = await client.WaitAsync(Id, cancellationToken: Cancelled);

        Assert.Equal((TaskStatusCode.Lost, 3), (end.StatusCode, calls));
    }

    [Fact]
    public async Task A_client_that_is_disposed_of_makes_no_more_calls_and_ends_none()
    {
        var go = new TaskCompletionSource();
        Server.Tasks.Stream = async (_, writer, call) =>
        {
            await writer.WriteAsync(LogScript.Stdout("before "u8, cursor: 1), call.CancellationToken);
            await go.Task;
            await writer.WriteAsync(LogScript.Stdout("after"u8, cursor: 2), call.CancellationToken);
            await writer.WriteAsync(LogScript.Sealed(), call.CancellationToken);
        };
        var client = new LevityClient(_installation.Options);
        await using var log = client.FollowAsync(Id, cancellationToken: Cancelled).GetAsyncEnumerator(Cancelled);
        Assert.True(await log.MoveNextAsync());

        client.Dispose();
        go.SetResult();

        Assert.True(await log.MoveNextAsync());
        Assert.Equal("after", log.Current.Chunk.Data.ToStringUtf8());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => client.QueryAsync(Id, Cancelled));
    }

    [Fact]
    public async Task Cancellation_is_cancellation_and_no_error_of_ours()
    {
        using var source = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        Server.Tasks.Query = async (_, call) =>
        {
            await source.CancelAsync();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, call.CancellationToken);
            return new QueryTaskResponse();
        };
        using var client = new LevityClient(_installation.Options);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.QueryAsync(Id, source.Token));
    }

    [Theory]
    [InlineData(StatusCode.NotFound, "no task", LevityErrorKind.NotFound)]
    [InlineData(StatusCode.PermissionDenied, "no", LevityErrorKind.Denied)]
    [InlineData(StatusCode.Unauthenticated, "no", LevityErrorKind.Denied)]
    [InlineData(StatusCode.InvalidArgument, "binary: empty", LevityErrorKind.InvalidArgument)]
    [InlineData(StatusCode.AlreadyExists, "request_key", LevityErrorKind.AlreadyExists)]
    [InlineData(StatusCode.FailedPrecondition, "binary: cannot execute '/x': ENOENT (…)", LevityErrorKind.CommandNotFound)]
    [InlineData(StatusCode.FailedPrecondition, "binary: cannot execute '/x': EACCES (…)", LevityErrorKind.CannotExecute)]
    [InlineData(StatusCode.FailedPrecondition, "working_dir: cannot enter '/x': ENOENT (…)", LevityErrorKind.FailedPrecondition)]
    [InlineData(StatusCode.ResourceExhausted, "live_tasks", LevityErrorKind.LimitExceeded)]
    [InlineData(StatusCode.DataLoss, "the log", LevityErrorKind.DataLoss)]
    [InlineData(StatusCode.Unimplemented, "what", LevityErrorKind.Unsupported)]
    [InlineData(StatusCode.Internal, "bug", LevityErrorKind.ServerFailed)]
    public async Task A_refusal_has_its_kind_and_is_not_repeated(StatusCode code, string detail, LevityErrorKind kind)
    {
        var calls = 0;
        Server.Tasks.Query = (_, _) =>
        {
            calls++;
            throw new RpcException(new Status(code, detail));
        };
        using var client = new LevityClient(_installation.Options);

        var failure = await Assert.ThrowsAsync<LevityException>(() => client.QueryAsync(Id, Cancelled));

        Assert.Equal((kind, false, 1), (failure.Kind, failure.MayHaveBeenDone, calls));
        Assert.Contains(detail, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_call_that_is_never_answered_may_have_been_done()
    {
        Server.Tasks.Query = async (_, call) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, call.CancellationToken);
            return new QueryTaskResponse();
        };
        using var client = new LevityClient(_installation.Options with { Timeout = TimeSpan.FromSeconds(3) });

        var failure = await Assert.ThrowsAsync<LevityException>(() => client.QueryAsync(Id, Cancelled));

        Assert.Equal((LevityErrorKind.TimedOut, true), (failure.Kind, failure.MayHaveBeenDone));
        Assert.EndsWith(" within 3s (Timeout); it may have been done", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_not_there_and_files_that_are_not_are_told_without_options_of_a_command_line()
    {
        using var noKey = new LevityClient(_installation.Options with { KeyFile = "/no/such/file" });
        await Server.DisposeAsync();
        using var noServer = new LevityClient(_installation.Options);

        var key = await Assert.ThrowsAsync<LevityException>(() => noKey.StopAsync(Id, Cancelled));
        var server = await Assert.ThrowsAsync<LevityException>(() => noServer.StopAsync(Id, Cancelled));

        Assert.Equal(LevityErrorKind.Configuration, key.Kind);
        Assert.Equal("cannot read the key file '/no/such/file': there is no such file", key.Message);
        Assert.Equal(LevityErrorKind.Unreachable, server.Kind);
        Assert.EndsWith("connection refused; is levityd running there?", server.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_task_that_is_removed_already_is_removed()
    {
        var calls = 0;
        Server.Tasks.Remove = _ => ++calls == 1
            ? throw new RpcException(new Status(StatusCode.Unavailable, "the answer got lost"))
            : throw new RpcException(new Status(StatusCode.NotFound, "no such task"));
        using var client = new LevityClient(_installation.Options);

        await client.RemoveAsync(Id, Cancelled);

        Assert.Equal(2, calls);
    }

    private static async Task<string> ReadAsync(IAsyncEnumerable<StreamLogsResponse> log)
    {
        var text = "";
        await foreach (var message in log)
        {
            text += message.Chunk?.Data.ToStringUtf8();
        }

        return text;
    }
}
