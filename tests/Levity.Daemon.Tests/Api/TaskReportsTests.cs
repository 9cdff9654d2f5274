using Levity.Daemon.Api;
using Levity.Daemon.Registry;
using Levity.Protocol;

namespace Levity.Daemon.Tests.Api;

public sealed class TaskReportsTests
{
    [Fact]
    public void Each_state_is_reported_by_its_name() =>
        Assert.All(
            Enum.GetValues<TaskState>(),
            state => Assert.Equal(state.ToString(), TaskReports.Of(NewRecord(state)).StatusCode.ToString()));

    [Fact]
    public void An_exit_code_of_0_is_not_the_absence_of_one()
    {
        Assert.True(TaskReports.Of(NewRecord(TaskState.Finished) with { ExitCode = 0 }).HasExitCode);
        Assert.False(TaskReports.Of(NewRecord(TaskState.Finished)).HasExitCode);
    }

    [Fact]
    public void The_ending_is_reported_as_it_is_on_record()
    {
        var ending = new Ending { Signal = 9, StopRequestedBy = "alice" };

        Assert.Equal(ending, TaskReports.Of(NewRecord(TaskState.Finished) with { Ending = ending }).Ending);
        Assert.Null(TaskReports.Of(NewRecord(TaskState.Running)).Ending);
    }

    private static TaskRecord NewRecord(TaskState state) => new()
    {
        Id = TaskId.New(),
        Owner = "alice",
        CreatedAt = DateTimeOffset.UnixEpoch,
        Request = new StartTaskRequest { Binary = "true" },
        State = state,
    };
}
