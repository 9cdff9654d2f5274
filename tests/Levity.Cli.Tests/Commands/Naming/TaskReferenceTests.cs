using Levity.Protocol;

namespace Levity.Cli.Tests.Commands.Naming;

/// <summary>A task is named by its id, the beginning of its id, or its name, wherever one is named.</summary>
public sealed class TaskReferenceTests
{
    private const string Id = "8f2c1a1e-5d6e-4000-8000-00000000000";

    [Theory]
    [InlineData("8f2c1a1e", null, true)]
    [InlineData("web", "web", false)]
    public async Task What_is_no_whole_id_is_looked_for_among_what_it_can_be(string given, string? name, bool amongAll)
    {
        var (run, requests) = await QueryAsync([Entry(1, TaskStatusCode.Running)], given);

        Assert.Equal(("Running\n", "", 0), (run.Output, run.Error, run.ExitCode));
        var filter = Assert.Single(requests).Filter;
        Assert.Equal(
            (name ?? "", name is null ? given : "", amongAll), (filter.Name, filter.IdPrefix, filter.AllOwners));
    }

    [Theory]
    [InlineData("8f2c", "levity: no such task: no id of those that you may read begins with 8f2c\n")]
    [InlineData("web", "levity: no such task: none of yours is named web\n")]
    public async Task What_is_not_found_is_told(string given, string expected)
    {
        var (run, _) = await QueryAsync([], given);

        Assert.Equal(("", expected, 125), (run.Output, run.Error, run.ExitCode));
    }

    [Fact]
    public async Task What_many_ids_begin_with_is_told_with_some_of_them()
    {
        var (run, _) = await QueryAsync([.. Enumerable.Range(1, 6).Select(n => Entry(n, TaskStatusCode.Finished))], "8f");

        Assert.StartsWith(
            $"levity: 8f is the beginning of more than one id: {Id}1 (n\\u{{1b}}1, Finished), {Id}2 ", run.Error,
            StringComparison.Ordinal);
        Assert.EndsWith($"{Id}5 (n\\u{{1b}}5, Finished) and more\n", run.Error, StringComparison.Ordinal);
        Assert.Equal(125, run.ExitCode);
    }

    [Fact]
    public async Task A_name_is_that_of_the_task_that_is_not_over_or_else_of_the_newest()
    {
        var (live, _) = await QueryAsync([Entry(1, TaskStatusCode.Lost), Entry(2, TaskStatusCode.Signalled)], "--name", "web");
        var (newest, _) = await QueryAsync([Entry(1, TaskStatusCode.Lost), Entry(2, TaskStatusCode.Finished)], "--name", "web");

        Assert.Equal(("Signalled\n", "Lost\n"), (live.Output, newest.Output));
    }

    [Fact]
    public async Task Of_several_the_one_that_is_not_found_is_told_and_the_others_have_their_turn()
    {
        await using var installation = await Installation.StartAsync();
        var removed = new List<string>();
        installation.Server.Tasks.List = request => request.Filter.Name == "web"
            ? new ListTasksResponse { Tasks = { Entry(1, TaskStatusCode.Finished) } }
            : new ListTasksResponse();
        installation.Server.Tasks.Remove = request =>
        {
            removed.Add(request.TaskId.Id);
            return Task.CompletedTask;
        };

        var run = await installation.RunAsync("rm", "gone", $"{Id}7", "--name", "web");

        Assert.Equal([$"{Id}7", $"{Id}1"], removed);
        Assert.Equal(("levity: no such task: none of yours is named gone\n", 125), (run.Error, run.ExitCode));
    }

    private static TaskEntry Entry(int number, TaskStatusCode state) => new()
    {
        TaskId = new TaskHandle { Id = $"{Id}{number}" },
        Report = new QueryTaskResponse { StatusCode = state, Name = $"n\u001b{number}" },
    };

    private static async Task<(CommandRun Run, List<ListTasksRequest> Requests)> QueryAsync(
        TaskEntry[] tasks, params string[] given)
    {
        await using var installation = await Installation.StartAsync();
        var requests = new List<ListTasksRequest>();
        installation.Server.Tasks.List = request =>
        {
            requests.Add(request);
            return new ListTasksResponse { Tasks = { tasks } };
        };
        installation.Server.Tasks.Query = (request, _) =>
            Task.FromResult(tasks.Single(task => task.TaskId.Equals(request.TaskId)).Report);
        return (await installation.RunAsync(["query", .. given]), requests);
    }
}
