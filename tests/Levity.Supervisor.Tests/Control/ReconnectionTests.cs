using System.Text;
using Levity.Protocol;
using Levity.Protocol.Supervisor;
using Levity.Supervisor.Tests.Fixtures;

namespace Levity.Supervisor.Tests.Control;

public sealed class ReconnectionTests : IAsyncLifetime
{
    private SupervisorUnderTest _supervisor = null!;

    public async ValueTask InitializeAsync() => _supervisor = await SupervisorUnderTest.StartAsync();

    public ValueTask DisposeAsync() => _supervisor.DisposeAsync();

    [Fact]
    public async Task A_new_connection_is_told_what_is_live_and_what_has_ended()
    {
        var (live, ended) = (TaskId.New(), TaskId.New());
        await using (var first = await _supervisor.HelloAsync())
        {
            await first.StartAsync(SupervisorUnderTest.Command(live, "sleep", "300"));
            await first.StartAsync(SupervisorUnderTest.Command(ended, "sh", "-c", "exit 5"));
            await first.NextEndingAsync();
        }

        await using var second = await _supervisor.HelloAsync();
        Assert.Equal(live.ToString(), Assert.Single(second.Welcome.Live).TaskId);
        var ending = Assert.Single(second.Welcome.Ended);
        Assert.Equal((ended.ToString(), 5), (ending.TaskId, ending.ExitCode));
    }

    [Fact]
    public async Task What_was_forgotten_is_not_told_again()
    {
        var task = TaskId.New();
        await using (var first = await _supervisor.HelloAsync())
        {
            await first.StartAsync(SupervisorUnderTest.Command(task, "true"));
            await first.NextEndingAsync();
            await first.AskAsync(new Request { ForgetChild = new ForgetChild { TaskId = task.ToString() } });
        }

        await using var second = await _supervisor.HelloAsync();
        Assert.Empty(second.Welcome.Ended);
    }

    [Fact]
    public async Task The_newest_connection_gets_the_events_and_the_older_one_is_closed()
    {
        await using var older = await _supervisor.HelloAsync();
        await using var newer = await _supervisor.HelloAsync();
        await older.Closed;
        await newer.StartAsync(SupervisorUnderTest.Command(TaskId.New(), "true"));
        Assert.Equal(0, (await newer.NextEndingAsync()).ExitCode);
    }

    [Fact]
    public async Task Another_version_of_the_protocol_is_refused_with_what_to_do()
    {
        await using var client = new ControlClient(await _supervisor.ConnectAsync());
        var reply = await client.AskAsync(new Request { Hello = new Hello { ProtocolVersion = 99 } });
        Assert.Equal(Failure.Types.Kind.Version, reply.Failure.Kind);
        Assert.Contains("99", reply.Failure.Message, StringComparison.Ordinal);
        Assert.Contains("upgrade", reply.Failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_newest_version_that_both_speak_is_chosen()
    {
        await using var client = new ControlClient(await _supervisor.ConnectAsync());
        var reply = await client.AskAsync(new Request
        {
            Hello = new Hello { ProtocolVersion = 99, OldestProtocolVersion = ControlProtocol.OldestVersion },
        });
        Assert.Equal(ControlProtocol.Version, reply.Welcome.ProtocolVersion);
        Assert.StartsWith(ThisBuild.Version.Split('+')[0], reply.Welcome.ProgramVersion, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_levityd_from_before_there_were_ranges_is_welcome()
    {
        await using var client = new ControlClient(await _supervisor.ConnectAsync());
        var reply = await client.AskAsync(new Request { Hello = new Hello { ProtocolVersion = 1 } });
        Assert.Equal(1u, reply.Welcome.ProtocolVersion);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n")]
    [InlineData("\u0003\0\0\0\u007f\u007f\u007f")]
    public async Task Garbage_ends_its_own_connection_and_nothing_else(string garbage)
    {
        await using var good = await _supervisor.HelloAsync();
        using (var bad = await _supervisor.ConnectAsync())
        {
            await bad.SendAsync(Encoding.ASCII.GetBytes(garbage), TestContext.Current.CancellationToken);
            Assert.Equal(0, await bad.ReceiveAsync(new byte[1], TestContext.Current.CancellationToken));
        }

        await good.StartAsync(SupervisorUnderTest.Command(TaskId.New(), "true"));
        Assert.Equal(0, (await good.NextEndingAsync()).ExitCode);
    }

    [Fact]
    public async Task A_second_supervisor_on_the_same_directory_does_not_start()
    {
        var (exitCode, error) = await _supervisor.RunAsync("start");
        Assert.Equal(1, exitCode);
        Assert.Contains("supervisor.log", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stopping_ends_all_children_and_their_logs_tell_how()
    {
        var task = TaskId.New();
        await using (var client = await _supervisor.HelloAsync())
        {
            await client.StartAsync(SupervisorUnderTest.Command(task, "sleep", "300"));
        }

        Assert.Equal(0, (await _supervisor.RunAsync("stop")).ExitCode);
        await _supervisor.RestartAsync();
        await using var next = await _supervisor.HelloAsync();
        var ending = await SealAsync(next, task);
        Assert.Equal(15, ending.Signal);
        Assert.Empty(ending.LostReason);
    }

    [Fact]
    public async Task Children_of_a_killed_supervisor_are_killed_by_its_successor_and_are_lost()
    {
        var task = TaskId.New();
        int pid;
        await using (var client = await _supervisor.HelloAsync())
        {
            pid = (await client.StartAsync(SupervisorUnderTest.Command(task, "sleep", "300"))).ChildStarted.Pid;
            System.Diagnostics.Process.GetProcessById(client.Welcome.Pid).Kill();
            await client.Closed;
        }

        await _supervisor.RestartAsync();
        Assert.False(IsAlive(pid));
        await using var next = await _supervisor.HelloAsync();
        Assert.Equal("gone", (await SealAsync(next, task)).LostReason);
    }

    [Fact]
    public async Task A_task_that_was_never_started_is_sealed_so_and_cannot_be_started_after_that()
    {
        await using var client = await _supervisor.HelloAsync();
        var task = TaskId.New();
        Assert.True((await SealAsync(client, task)).NeverExecuted);

        var late = await client.StartAsync(SupervisorUnderTest.Command(task, "true"));
        Assert.Equal(Failure.Types.Kind.Duplicate, late.Failure.Kind);
    }

    [Fact]
    public async Task A_live_child_cannot_be_settled_as_lost()
    {
        await using var client = await _supervisor.HelloAsync();
        var task = TaskId.New();
        await client.StartAsync(SupervisorUnderTest.Command(task, "sleep", "300"));
        var reply = await client.AskAsync(SealRequest(task));
        Assert.Equal(Failure.Types.Kind.Duplicate, reply.Failure.Kind);
    }

    private static async Task<ChildEnded> SealAsync(ControlClient client, TaskId task) =>
        (await client.AskAsync(SealRequest(task))).ChildEnded;

    private static Request SealRequest(TaskId task) => new()
    {
        SealLog = new SealLog
        {
            TaskId = task.ToString(),
            Ending = new ChildEnded { TaskId = task.ToString(), LostReason = "gone" },
        },
    };

    // A zombie that its new parent has not waited for yet is as dead as can be.
    private static bool IsAlive(int pid) =>
        File.Exists($"/proc/{pid}/stat") && !File.ReadAllText($"/proc/{pid}/stat").Contains(") Z ", StringComparison.Ordinal);
}
