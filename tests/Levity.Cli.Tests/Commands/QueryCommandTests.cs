using Levity.Protocol;

namespace Levity.Cli.Tests.Commands;

public sealed class QueryCommandTests
{
    [Fact]
    public async Task A_running_task_has_one_line()
    {
        var run = await QueryAsync(new QueryTaskResponse { StatusCode = TaskStatusCode.Running });

        Assert.Equal(("Running\n", "", 0), (run.Output, run.Error, run.ExitCode));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(137)]
    [InlineData(255)]
    public async Task An_exit_code_is_line_2(int exitCode)
    {
        var run = await QueryAsync(new QueryTaskResponse { StatusCode = TaskStatusCode.Finished, ExitCode = exitCode });

        Assert.Equal(($"Finished\n{exitCode}\n", "", 0), (run.Output, run.Error, run.ExitCode));
    }

    [Fact]
    public async Task A_death_by_a_signal_has_no_exit_code_and_is_told_on_stderr()
    {
        var run = await QueryAsync(new QueryTaskResponse
        {
            StatusCode = TaskStatusCode.Finished,
            Ending = new Ending { Signal = 15 },
        });

        Assert.Equal(("Finished\n", "levity: ended by SIGTERM (signal 15)\n"), (run.Output, run.Error));
        Assert.Equal(0, run.ExitCode);
    }

    [Fact]
    public async Task A_lost_task_says_why_and_nothing_in_the_reason_is_obeyed()
    {
        var run = await QueryAsync(new QueryTaskResponse
        {
            StatusCode = TaskStatusCode.Lost,
            Ending = new Ending { Reason = "the machine\u001b[2J restarted" },
        });

        Assert.Equal(("Lost\n", "levity: the machine\\u{1b}[2J restarted\n", 0), (run.Output, run.Error, run.ExitCode));
    }

    [Fact]
    public async Task The_id_goes_to_the_server_as_it_is_given()
    {
        await using var installation = await Installation.StartAsync();
        var ids = new List<string>();
        installation.Server.Tasks.Query = (request, _) =>
        {
            ids.Add(request.TaskId.Id);
            return Task.FromResult(new QueryTaskResponse());
        };
        installation.Server.Tasks.Signal = request => ids.Add(request.TaskId.Id);

        installation.Server.Tasks.List = _ => throw new InvalidOperationException("nobody has to be asked for it");
        const string id = "8f2c1a1e-0000-4000-8000-000000000001";

        await installation.RunAsync("query", id);
        var signalled = await installation.RunAsync("signal", id);

        Assert.Equal([id, id], ids);
        Assert.Equal(("", "", 0), (signalled.Output, signalled.Error, signalled.ExitCode));
    }

    [Fact]
    public async Task Options_may_stand_behind_the_command_and_the_id()
    {
        await using var installation = await Installation.StartAsync();
        installation.Server.Tasks.Query = (_, _) => Task.FromResult(new QueryTaskResponse());

        var behindCommand = await CommandRun.ExecuteAsync(["query", .. installation.Options, "1"]);
        var behindId = await CommandRun.ExecuteAsync(["query", "1", .. installation.Options]);

        Assert.Equal(("NotStarted\n", "NotStarted\n"), (behindCommand.Output, behindId.Output));
    }

    private static async Task<CommandRun> QueryAsync(QueryTaskResponse response)
    {
        await using var installation = await Installation.StartAsync();
        installation.Server.Tasks.Query = (_, _) => Task.FromResult(response);
        return await installation.RunAsync("query", "1");
    }
}
