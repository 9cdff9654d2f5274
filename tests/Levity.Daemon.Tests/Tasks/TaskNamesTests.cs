using Levity.Daemon.Registry;
using Levity.Daemon.Tasks;
using Levity.Daemon.Tests.Fakes;
using Levity.Protocol;
using Levity.Protocol.Supervisor;

namespace Levity.Daemon.Tests.Tasks;

/// <summary>Of an owner's tasks that are not over only one has a name.</summary>
public sealed class TaskNamesTests
{
    [Fact]
    public async Task A_name_is_taken_until_its_task_is_over()
    {
        await using var world = await SupervisedTasks.RunningAsync();
        var first = (await StartAsync(world, "web")).Id;

        Assert.Equal(first, (await StartAsync(world, "web")).NameIsTakenBy);
        Assert.Null((await StartAsync(world, "db")).NameIsTakenBy);
        Assert.Null((await world.Tasks.StartAsync("bob", Named("web"))).NameIsTakenBy);

        await world.Tasks.EndAsync(world.Find(first), new ChildEnded { TaskId = first.ToString(), ExitCode = 0 });

        Assert.Null((await StartAsync(world, "web")).NameIsTakenBy);
    }

    [Fact]
    public async Task Of_many_who_want_a_name_at_once_one_has_it_and_the_others_leave_nothing_behind()
    {
        await using var world = await SupervisedTasks.RunningAsync();

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => StartAsync(world, "web"))));

        var winner = Assert.Single(outcomes, outcome => outcome.NameIsTakenBy is null);
        Assert.All(outcomes.Where(outcome => outcome != winner), outcome => Assert.Equal(winner.Id, outcome.NameIsTakenBy));
        Assert.Equal([winner.Id], world.Registry.Durable.Keys);
        Assert.Equal([winner.Id], world.Tasks.Order.Walk(null, newestFirst: true, from: null).Select(task => task.Record.Id));
    }

    [Fact]
    public async Task A_start_that_fails_leaves_its_name_free()
    {
        await using var world = await SupervisedTasks.RunningAsync();
        world.Supervisor.OnStart = _ => Task.FromResult(ScriptedSupervisor.Failed(Failure.Types.Kind.Command));
        Assert.NotNull((await StartAsync(world, "web")).Failure);

        world.Supervisor.OnStart = _ => Task.FromResult(ScriptedSupervisor.Started());

        Assert.Equal((null, null), ((await StartAsync(world, "web")) is var again ? (again.Failure, again.NameIsTakenBy) : default));
    }

    [Fact]
    public async Task A_start_that_is_repeated_with_its_key_finds_its_own_task_and_not_its_name_taken()
    {
        await using var world = await SupervisedTasks.RunningAsync();
        var request = Named("web");
        request.RequestKey = "once";

        var first = await world.Tasks.StartAsync(SupervisedTasks.Owner, request);
        var again = await world.Tasks.StartAsync(SupervisedTasks.Owner, request.Clone());
        var other = request.Clone();
        other.Labels["app"] = "x";

        Assert.Equal((first.Id, null), (again.Id, again.NameIsTakenBy));
        Assert.True((await world.Tasks.StartAsync(SupervisedTasks.Owner, other)).KeyIsTaken);
    }

    [Theory]
    [InlineData(TaskStatusCode.Running, true)]
    [InlineData(TaskStatusCode.Finished, false)]
    public async Task After_a_restart_names_are_held_by_those_that_are_not_over(TaskStatusCode state, bool isHeld)
    {
        await using var world = new SupervisedTasks();
        var loaded = await world.LoadAsync((TaskState)state, request: Named("web"));

        Assert.Equal(isHeld ? loaded.Record.Id : null, (await StartAsync(world, "web")).NameIsTakenBy);
    }

    private static Task<StartOutcome> StartAsync(SupervisedTasks world, string name) =>
        world.Tasks.StartAsync(SupervisedTasks.Owner, Named(name));

    private static StartTaskRequest Named(string name) => new() { Binary = "true", Name = name };
}
