using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Grpc.Core;
using Levity.Protocol;

namespace Levity.Cli.Tests.Commands.Watching;

/// <summary><c>levity wait</c>: until when, and with which exit code.</summary>
public sealed class WaitCommandTests
{
    private const string Id = "8f2c1a1e-5d6e-4000-8000-00000000000";

    public static TheoryData<int, string, QueryTaskResponse> Endings => new()
    {
        { 0, "", Exited(0) },
        { 3, "", Exited(3) },
        { 255, "", Exited(255) },
        { 137, "SIGKILL", new QueryTaskResponse { StatusCode = TaskStatusCode.Finished, Ending = new Ending { Signal = 9 } } },
        { 137, "killed", new QueryTaskResponse { StatusCode = TaskStatusCode.BrutallyKilled, Ending = new Ending { Signal = 9 } } },
        { 124, "time was over", new QueryTaskResponse
            {
                StatusCode = TaskStatusCode.Finished, ExitCode = 1, Ending = new Ending { TimedOut = true },
            }
        },
        { 125, "gone", new QueryTaskResponse { StatusCode = TaskStatusCode.Lost, Ending = new Ending { Reason = "gone\u001b" } } },
    };

    [Theory]
    [MemberData(nameof(Endings))]
    public async Task Of_one_task_it_is_its_own(int exitCode, string says, QueryTaskResponse end)
    {
        await using var server = await WatchedServer.StartAsync();
        server.End(1, end);

        var run = await server.RunAsync("wait", $"{Id}1");

        Assert.Equal((exitCode, ""), (run.ExitCode, run.Output));
        Assert.Contains(says, run.Error, StringComparison.Ordinal);
        Assert.Equal(says.Length == 0, run.Error.Length == 0);
        Assert.DoesNotContain('\u001b', run.Error);
    }

    [Fact]
    public async Task Of_several_it_is_that_of_the_first_given_that_is_not_0_once_all_are_over()
    {
        await using var server = await WatchedServer.StartAsync();
        var waiting = server.RunAsync("wait", $"{Id}1", $"{Id}2", $"{Id}3");
        await server.WatchedAsync(3);

        server.End(3, Exited(7));
        server.End(2, Exited(5));
        Assert.False(waiting.IsCompleted);
        server.End(1, Exited(0));

        var run = await waiting;
        Assert.Equal((5, ""), (run.ExitCode, run.Output));
        Assert.Equal(
            [$"levity: {Id}2: the task exited with 5", $"levity: {Id}3: the task exited with 7"],
            run.Error.TrimEnd('\n').Split('\n').Order());
    }

    [Fact]
    public async Task With_any_it_is_that_of_the_first_that_is_over_and_nothing_is_said_of_the_others()
    {
        await using var server = await WatchedServer.StartAsync();
        var waiting = server.RunAsync("wait", "--any", "-o", "jsonl", $"{Id}1", $"{Id}2");
        await server.WatchedAsync(2);

        server.End(2, Exited(4));

        var run = await waiting;
        Assert.Equal(4, run.ExitCode);
        Assert.Equal(($"{Id}2", 4), ((string?)JsonNode.Parse(run.Output)!["id"], (int)JsonNode.Parse(run.Output)!["exitCode"]!));
    }

    [Fact]
    public async Task With_any_the_first_that_is_given_counts_of_those_that_were_over_before()
    {
        await using var server = await WatchedServer.StartAsync();
        server.End(2, Exited(4));
        server.End(1, Exited(3));

        Assert.Equal(3, (await server.RunAsync("wait", "--any", $"{Id}1", $"{Id}2")).ExitCode);
    }

    [Fact]
    public async Task When_the_time_for_it_is_over_it_says_which_are_not_and_ends_with_124()
    {
        await using var server = await WatchedServer.StartAsync();
        server.End(1, Exited(0));

        var run = await server.RunAsync("wait", "--for", "1s", $"{Id}1", $"{Id}2");

        // On a slow machine nothing may have been heard of the first one by then.
        Assert.Equal(124, run.ExitCode);
        Assert.Matches(
            $"\\Alevity: not over within 1s: ({Id}1, )?{Id}2; waiting is over, and they go on\n\\z", run.Error);
    }

    [Fact]
    public async Task It_goes_on_waiting_when_the_connection_is_cut_and_hears_of_what_ended_meanwhile()
    {
        await using var server = await WatchedServer.StartAsync();
        var waiting = server.RunAsync("wait", $"{Id}1", $"{Id}2");
        await server.WatchedAsync(2);

        server.End(1, Exited(0), tell: false);
        server.Cut();
        await server.WatchedAsync(4);
        server.End(2, Exited(6));

        var run = await waiting;
        Assert.Equal(6, run.ExitCode);
        Assert.StartsWith("levity: connection lost, resuming…\n", run.Error, StringComparison.Ordinal);
        Assert.Equal(2, run.Error.Count(c => c == '\n'));
    }

    [Fact]
    public async Task One_that_is_gone_is_a_failure_and_the_others_are_waited_for()
    {
        await using var server = await WatchedServer.StartAsync();
        server.End(2, Exited(0));

        var run = await server.RunAsync("wait", $"{Id}9", $"{Id}2");

        Assert.Equal((125, $"levity: no such task: {Id}9\n"), (run.ExitCode, run.Error));
    }

    [Fact]
    public async Task As_JSON_each_is_an_object_a_line_when_it_is_over()
    {
        await using var server = await WatchedServer.StartAsync();
        server.End(1, Exited(0));
        server.End(2, Exited(0));

        var run = await server.RunAsync("wait", "-o", "jsonl", $"{Id}1", $"{Id}2");

        Assert.Equal(
            [$"{Id}1", $"{Id}2"],
            run.Output.TrimEnd('\n').Split('\n').Select(line => (string?)JsonNode.Parse(line)!["id"]).Order());
        Assert.Equal(("", 0), (run.Error, run.ExitCode));
    }

    private static QueryTaskResponse Exited(int code) =>
        new() { StatusCode = TaskStatusCode.Finished, ExitCode = code, Ending = new Ending() };

    /// <summary>A server on which tasks run until the test ends them. The one with number 9 is not there.</summary>
    private sealed class WatchedServer(Installation installation) : IAsyncDisposable
    {
        private readonly ConcurrentDictionary<string, TaskCompletionSource<QueryTaskResponse>> _ends = new();
        private readonly SemaphoreSlim _watched = new(0);
        private int _count;

        public static async Task<WatchedServer> StartAsync()
        {
            var server = new WatchedServer(await Installation.StartAsync());
            server.Script();
            return server;
        }

        /// <summary>Ends a task; without <paramref name="tell"/> only those hear of it who ask anew.</summary>
        public void End(int number, QueryTaskResponse end, bool tell = true)
        {
            if (!tell)
            {
                _ends[$"{Id}{number}"] = new TaskCompletionSource<QueryTaskResponse>();
            }

            EndOf($"{Id}{number}").SetResult(end);
        }

        public void Cut() => installation.Server.Cut();

        public Task<CommandRun> RunAsync(params string[] args) => installation.RunAsync(args);

        /// <summary>Waits until so many watches have begun, in all.</summary>
        public async Task WatchedAsync(int count)
        {
            for (; _count < count; _count++)
            {
                Assert.True(await _watched.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));
            }
        }

        public async ValueTask DisposeAsync()
        {
            await installation.DisposeAsync();
            _watched.Dispose();
        }

        private void Script()
        {
            installation.Server.Tasks.Query = (request, _) => Task.FromResult(NowOf(request.TaskId.Id));
            installation.Server.Tasks.Watch = async (request, writer, call) =>
            {
                var end = EndOf(request.TaskId.Id).Task;
                var now = NowOf(request.TaskId.Id);
                await writer.WriteAsync(new WatchTaskResponse { Report = now });
                _watched.Release();
                if (now.StatusCode == TaskStatusCode.Running)
                {
                    await writer.WriteAsync(new WatchTaskResponse { Report = await end.WaitAsync(call.CancellationToken) });
                }
            };
        }

        private TaskCompletionSource<QueryTaskResponse> EndOf(string id) => _ends.GetOrAdd(
            id, _ => new TaskCompletionSource<QueryTaskResponse>(TaskCreationOptions.RunContinuationsAsynchronously));

        private QueryTaskResponse NowOf(string id) => id == $"{Id}9"
            ? throw new RpcException(new Status(StatusCode.NotFound, $"no such task: {id}"))
            : EndOf(id).Task is { IsCompleted: true, Result: var end } ? end
            : new QueryTaskResponse { StatusCode = TaskStatusCode.Running };
    }
}
