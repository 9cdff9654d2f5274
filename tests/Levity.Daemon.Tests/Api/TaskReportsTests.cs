using Levity.Daemon.Api;
using Levity.Daemon.Registry;
using Levity.Protocol;
using Levity.Protocol.Registry;

namespace Levity.Daemon.Tests.Api;

public sealed class TaskReportsTests
{
    [Fact]
    public void Each_state_is_reported_by_its_name() =>
        Assert.All(
            Enum.GetValues<TaskState>(),
            state => Assert.Equal(
                state.ToString(),
                TaskReports.Of(NewRecord(state), expiresAt: null, request: null).StatusCode.ToString()));

    [Fact]
    public void An_exit_code_of_0_is_not_the_absence_of_one()
    {
        var finished = NewRecord(TaskState.Finished);
        Assert.True(TaskReports.Of(finished with { ExitCode = 0 }, expiresAt: null, request: null).HasExitCode);
        Assert.False(TaskReports.Of(NewRecord(TaskState.Finished), expiresAt: null, request: null).HasExitCode);
    }

    [Fact]
    public void The_account_is_reported_where_it_is_not_that_of_levityd()
    {
        var plain = NewRecord(TaskState.Running);
        var other = plain with { Details = new TaskDetails { Account = "nobody" } };

        Assert.Equal("nobody", TaskReports.Of(other, expiresAt: null, request: null).Account);
        Assert.Equal("", TaskReports.Of(plain, expiresAt: null, request: null).Account);
    }

    [Fact]
    public void The_ending_is_reported_as_it_is_on_record()
    {
        var ending = new Ending { Signal = 9, StopRequestedBy = "alice" };

        Assert.Equal(
            ending,
            TaskReports.Of(
                NewRecord(TaskState.Finished) with { Ending = ending }, expiresAt: null, request: null).Ending);
        Assert.Null(TaskReports.Of(NewRecord(TaskState.Running), expiresAt: null, request: null).Ending);
    }

    [Fact]
    public void What_was_asked_for_is_reported_as_it_came_with_whose_it_is_and_since_when()
    {
        var request = new StartTaskRequest
        {
            Binary = "sh",
            Args = { "-c", "" },
            WorkingDir = "/tmp",
            Environment = { ["TOKEN"] = "\u001b[2J" },
        };
        var createdAt = new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero).AddTicks(9);

        var report = TaskReports.Of(
            NewRecord(TaskState.Running) with { Request = request, Owner = "bob", CreatedAt = createdAt },
            createdAt.AddDays(7),
            request);

        Assert.Equal(
            (request, "bob", createdAt), (report.Request, report.Owner, report.CreatedAt.ToDateTimeOffset()));
        Assert.Equal(createdAt.AddDays(7), report.ExpiresAt.ToDateTimeOffset());
        Assert.Null(TaskReports.Of(NewRecord(TaskState.Running), expiresAt: null, request: null).ExpiresAt);
    }

    [Fact]
    public void What_was_asked_for_is_told_to_those_only_who_want_it() =>
        Assert.Null(TaskReports.Of(NewRecord(TaskState.Running), expiresAt: null, request: null).Request);

    private static TaskRecord NewRecord(TaskState state) => new()
    {
        Id = TaskId.New(),
        Owner = "alice",
        CreatedAt = DateTimeOffset.UnixEpoch,
        Request = new StartTaskRequest { Binary = "true" },
        State = state,
    };
}
