using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Levity.Protocol;

namespace Levity.Cli.Tests.Commands;

/// <summary>The two verbs that end in SignalTask: <c>stop</c> and <c>signal</c>.</summary>
public sealed class StopCommandTests
{
    [Fact]
    public async Task Each_task_is_asked_and_one_that_is_not_there_is_a_line()
    {
        var (run, requests) = await RunAsync(
            id => id == "b" ? new Status(StatusCode.NotFound, "no such task: b") : null, "stop", "a", "b", "c");

        Assert.Equal(["a", "b", "c"], requests.Select(request => request.TaskId.Id));
        Assert.All(requests, request => Assert.Equal(new SignalTaskRequest { TaskId = request.TaskId }, request));
        Assert.Equal(("", "levity: no such task: b\n", 125), (run.Output, run.Error, run.ExitCode));
    }

    [Theory]
    [InlineData("0", 0, 0)]
    [InlineData("1m30s", 90, 0)]
    [InlineData("20ms", 0, 20_000_000)]
    public async Task A_grace_is_passed_on(string grace, long seconds, int nanos)
    {
        var (run, requests) = await RunAsync(_ => null, "stop", "--grace", grace, "a");

        Assert.Equal(new Duration { Seconds = seconds, Nanos = nanos }, Assert.Single(requests).Grace);
        Assert.Equal(("", "", 0), (run.Output, run.Error, run.ExitCode));
    }

    [Fact]
    public async Task Signal_alone_asks_for_a_stop()
    {
        var (run, requests) = await RunAsync(_ => null, "signal", "a");

        Assert.Equal(new SignalTaskRequest { TaskId = new TaskHandle { Id = "a" } }, Assert.Single(requests));
        Assert.Equal(("", "", 0), (run.Output, run.Error, run.ExitCode));
    }

    [Theory]
    [InlineData(10, false, "signal", "-s", "usr1", "a")]
    [InlineData(9, true, "signal", "a", "--tree", "--signal", "9")]
    [InlineData(36, false, "signal", "--signal=SIGRTMIN+2", "a")]
    public async Task A_signal_that_is_named_is_sent(int signal, bool tree, params string[] args)
    {
        var (_, requests) = await RunAsync(_ => null, args);

        Assert.Equal(
            new SignalTaskRequest { TaskId = new TaskHandle { Id = "a" }, Signal = signal, Tree = tree },
            Assert.Single(requests));
    }

    private static async Task<(CommandRun Run, List<SignalTaskRequest> Requests)> RunAsync(
        Func<string, Status?> failure, params string[] args)
    {
        await using var installation = await Installation.StartAsync();
        var requests = new List<SignalTaskRequest>();
        installation.Server.Tasks.Signal = request =>
        {
            requests.Add(request);
            if (failure(request.TaskId.Id) is { } status)
            {
                throw new RpcException(status);
            }
        };
        return (await installation.RunAsync(args), requests);
    }
}
