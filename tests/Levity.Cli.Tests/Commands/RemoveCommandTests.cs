using Grpc.Core;
using Levity.Protocol;

namespace Levity.Cli.Tests.Commands;

public sealed class RemoveCommandTests
{
    [Fact]
    public async Task Each_id_is_one_call_in_the_order_given_and_nothing_is_printed()
    {
        var (run, requests) = await RemoveAsync(_ => null, "rm", "a", "b", "a");

        Assert.Equal(["a", "b", "a"], requests.Select(request => request.TaskId.Id));
        Assert.DoesNotContain(requests, request => request.Force);
        Assert.Equal(("", "", 0), (run.Output, run.Error, run.ExitCode));
    }

    [Theory]
    [InlineData("rm", "-f", "a")]
    [InlineData("rm", "a", "--force")]
    public async Task Force_is_passed_on(params string[] args)
    {
        var (run, requests) = await RemoveAsync(_ => null, args);

        Assert.True(Assert.Single(requests).Force);
        Assert.Equal(0, run.ExitCode);
    }

    [Fact]
    public async Task One_that_cannot_be_removed_is_a_line_and_a_failure_and_the_others_are_removed()
    {
        var (run, requests) = await RemoveAsync(
            id => id == "b" ? new Status(StatusCode.NotFound, "no such task: b") : null, "rm", "a", "b", "c");

        Assert.Equal(["a", "b", "c"], requests.Select(request => request.TaskId.Id));
        Assert.Equal(("", "levity: no such task: b\n", 125), (run.Output, run.Error, run.ExitCode));
    }

    [Fact]
    public async Task A_task_that_is_not_over_is_no_command_that_cannot_be_executed()
    {
        var (run, _) = await RemoveAsync(
            _ => new Status(StatusCode.FailedPrecondition, "task a is Running: stop it first"), "rm", "a");

        Assert.Equal(("levity: task a is Running: stop it first\n", 125), (run.Error, run.ExitCode));
    }

    [Fact]
    public async Task A_line_says_which_of_the_tasks_it_is_about_and_nothing_in_it_is_obeyed()
    {
        var (run, _) = await RemoveAsync(
            _ => new Status(StatusCode.ResourceExhausted, "the disk\u001b[2J is full"), "rm", "a-1", "b-2");

        Assert.Equal(
            "levity: a-1: the disk\\u{1b}[2J is full\nlevity: b-2: the disk\\u{1b}[2J is full\n", run.Error);
        Assert.Equal(125, run.ExitCode);
    }

    [Fact]
    public async Task An_empty_id_among_others_is_no_id()
    {
        var run = await CommandRun.ExecuteAsync(["rm", "a", ""]);

        Assert.Equal(("levity: the task's id is empty (see `levity rm --help`)\n", 125), (run.Error, run.ExitCode));
    }

    [Fact]
    public async Task A_call_that_takes_too_long_leaves_its_time_to_the_others()
    {
        await using var installation = await Installation.StartAsync();
        var second = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        installation.Server.Tasks.Remove = request =>
        {
            if (request.TaskId.Id == "slow")
            {
                // Never: the client gives up.
                return new TaskCompletionSource().Task;
            }

            second.SetResult();
            return Task.CompletedTask;
        };

        var run = await installation.RunAsync("--timeout", "1s", "rm", "slow", "quick");

        Assert.True(second.Task.IsCompleted);
        Assert.StartsWith("levity: slow: no answer from ", run.Error, StringComparison.Ordinal);
        Assert.Equal(125, run.ExitCode);
        Assert.Single(run.Error.TrimEnd('\n').Split('\n'));
    }

    private static async Task<(CommandRun Run, List<RemoveTaskRequest> Requests)> RemoveAsync(
        Func<string, Status?> failure, params string[] args)
    {
        await using var installation = await Installation.StartAsync();
        var requests = new List<RemoveTaskRequest>();
        installation.Server.Tasks.Remove = request =>
        {
            requests.Add(request);
            return failure(request.TaskId.Id) is { } status ? throw new RpcException(status) : Task.CompletedTask;
        };
        return (await installation.RunAsync(args), requests);
    }
}
