using Levity.Protocol;
using Levity.Protocol.Supervisor;
using Levity.Supervisor.Tests.Fixtures;

namespace Levity.Supervisor.Tests.Children;

/// <summary>Limits by control groups, with real processes that want more.</summary>
public sealed class LimitTests : SupervisorTests
{
    private const long Memory = 64 * 1024 * 1024;

    // It keeps all that comes until there is a newline.
    private static readonly string[] MemoryHog = ["tail", "/dev/zero"];

    [Fact]
    public async Task Who_wants_more_memory_is_killed_and_that_is_told()
    {
        var task = await StartAsync(new Limits { MemoryBytes = Memory }, MemoryHog);

        var ended = await Client.NextEndingAsync();

        Assert.Equal((task.ToString(), 9, true), (ended.TaskId, ended.Signal, ended.OutOfMemory));
        Assert.InRange(ended.MemoryPeakBytes, Memory / 2, Memory);
        Assert.False(ended.HasProcessLimitHit);
    }

    [Fact]
    public async Task A_fork_bomb_is_stopped_at_the_limit_and_that_is_told()
    {
        var task = await StartAsync(
            new Limits { Processes = 8 }, "sh", "-c", "while sleep 1000 & do echo one; done");

        var ended = await Client.NextEndingAsync();

        Assert.True(ended.ProcessLimitHit);
        Assert.InRange(ended.ProcessesKilled, 1, 7);
        Assert.InRange(Supervisor.ReadLog(task, Logs.LogStream.Stdout).Split('\n').Length - 1, 1, 7);
        Assert.False(ended.HasOutOfMemory && ended.OutOfMemory);
    }

    [Fact]
    public async Task Who_wants_more_of_the_processor_is_made_to_wait_and_that_is_told()
    {
        await StartAsync(
            new Limits { CpuMillis = 10 }, "sh", "-c", "i=0; while [ $i -lt 10000 ]; do i=$((i+1)); done");

        var ended = await Client.NextEndingAsync();

        Assert.Equal(0, ended.ExitCode);
        Assert.True(ended.CpuThrottledUs > 0);
        Assert.False(ended.HasMemoryPeakBytes);
    }

    [Fact]
    public async Task Limits_are_in_force_before_the_command_is_executed_and_leave_nothing_behind()
    {
        // Its own first look at where it is.
        var task = await StartAsync(
            new Limits { MemoryBytes = Memory, CpuMillis = 2000, Processes = 10 }, "cat", "/proc/self/cgroup");

        var ended = await Client.NextEndingAsync();

        var places = Supervisor.ReadLog(task, Logs.LogStream.Stdout).Split('\n');
        Assert.Equal((0, false, false), (ended.ExitCode, ended.OutOfMemory, ended.ProcessLimitHit));
        Assert.Contains(places, place => place.StartsWith("0::", StringComparison.Ordinal) && IsOf(place, task));
        Assert.All(
            ["memory", "cpu", "pids"],
            controller => Assert.Contains(places, place => IsOf(place, task) && IsPlaceOf(place, controller)));
        await GroupsOf.NobodyAsync(task);
    }

    [Fact]
    public async Task Another_user_has_limits_too()
    {
        OtherUser.Require();
        var task = TaskId.New();
        var command = SupervisorUnderTest.Command(
            task, "sh", "-c", "id -u; while sleep 1000 & do echo one; done");
        command.Account = new Account { Uid = OtherUser.Id, Gid = OtherUser.Id };
        command.Limits = new Limits { Processes = 4 };
        await RequireStartedAsync(command);

        var ended = await Client.NextEndingAsync();

        Assert.True(ended.ProcessLimitHit);
        Assert.StartsWith($"{OtherUser.Id}\n", Supervisor.ReadLog(task, Logs.LogStream.Stdout), StringComparison.Ordinal);
        await GroupsOf.NobodyAsync(task);
    }

    [Fact]
    public async Task A_successor_of_a_killedSupervisor_leaves_no_group_behind()
    {
        var task = await StartAsync(
            new Limits { MemoryBytes = Memory, CpuMillis = 2000, Processes = 10 }, "sleep", "1000");
        Assert.NotEmpty(GroupsOf.Task(task));

#pragma warning disable RS0030 // The program under test, ended as nobody can foresee.
        System.Diagnostics.Process.GetProcessById(Client.Welcome.Pid).Kill();
#pragma warning restore RS0030
        await Client.Closed;
        await Client.DisposeAsync();
        await Supervisor.RestartAsync();
        Client = await Supervisor.HelloAsync();

        await GroupsOf.NobodyAsync(task);
    }

    [Fact]
    public async Task Limits_outlive_an_upgrade_and_what_is_told_of_them_too()
    {
        var gate = Path.Combine(Supervisor.StateDirectory, "gate");
        var task = await StartAsync(
            new Limits { MemoryBytes = Memory, CpuMillis = 2000, Processes = 10 },
            "sh",
            "-c",
            $"while [ ! -e {gate} ]; do sleep 0.02; done; exec tail /dev/zero");
        await Client.DisposeAsync();

        var (exitCode, error) = await Supervisor.RunAsync("upgrade");
        Assert.True(exitCode == 0, error);
        Client = await Supervisor.HelloAsync();
        File.Create(gate).Dispose();
        var ended = await Client.NextEndingAsync();

        Assert.Equal((9, true, false), (ended.Signal, ended.OutOfMemory, ended.ProcessLimitHit));
        Assert.InRange(ended.MemoryPeakBytes, Memory / 2, Memory);
        Assert.True(ended.HasCpuThrottledUs);
        await GroupsOf.NobodyAsync(task);
    }

    [Fact]
    public async Task What_is_measured_of_a_task_with_limits_is_what_counts_against_them()
    {
        var task = await StartAsync(new Limits { MemoryBytes = Memory }, "sleep", "1000");

        var reply = await Client.AskAsync(
            new Request { MeasureChildren = new MeasureChildren { TaskIds = { task.ToString() } } });

        var child = Assert.Single(reply.ChildrenMeasured.Children);
        Assert.InRange(child.MemoryBytes, 1, Memory);
        Assert.InRange(child.MemoryPeakBytes, child.MemoryBytes, Memory);
    }

    [Fact]
    public async Task Who_cannot_be_executed_within_its_limits_leaves_nothing_either()
    {
        await StartAsync(new Limits { Processes = 10 }, "true");
        await Client.NextEndingAsync();
        var task = TaskId.New();
        var command = SupervisorUnderTest.Command(task, "/no/such/program");
        command.Limits = new Limits { Processes = 10 };

        var reply = await Client.StartAsync(command);

        Assert.Equal(Failure.Types.Kind.Command, reply.Failure.Kind);
        await GroupsOf.NobodyAsync(task);
    }

    private static bool IsOf(string place, TaskId task) => place.EndsWith($"/task-{task}", StringComparison.Ordinal);

    // In the unified hierarchy no controller is named.
    private static bool IsPlaceOf(string place, string controller) =>
        place.Split(':')[1] is var controllers && (controllers.Length == 0 || controllers.Split(',').Contains(controller));

    private async Task<TaskId> StartAsync(Limits limits, params string[] argv)
    {
        var task = TaskId.New();
        var command = SupervisorUnderTest.Command(task, argv);
        command.Limits = limits;
        await RequireStartedAsync(command);
        return task;
    }

    private async Task RequireStartedAsync(StartChild command)
    {
        var reply = await Client.StartAsync(command);
        if (reply.Failure is { Kind: Failure.Types.Kind.Limits } refusal)
        {
            Assert.Skip($"limits cannot be enforced here: {refusal.Message}");
        }

        Assert.True(reply.ChildStarted is not null, reply.Failure?.Message);
    }
}
