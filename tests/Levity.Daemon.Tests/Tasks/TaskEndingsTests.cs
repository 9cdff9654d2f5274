using Google.Protobuf.WellKnownTypes;
using Levity.Daemon.Registry;
using Levity.Daemon.Tasks;
using Levity.Protocol;
using Levity.Protocol.Supervisor;

namespace Levity.Daemon.Tests.Tasks;

public sealed class TaskEndingsTests
{
    private static readonly TaskRecord Record = new()
    {
        Id = TaskId.New(),
        Owner = "alice",
        CreatedAt = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
        Request = new StartTaskRequest { Binary = "true" },
        State = TaskState.Running,
    };

    [Theory]
    [InlineData(0)]
    [InlineData(17)]
    [InlineData(255)]
    public void A_task_that_exits_is_finished_with_its_code(int code)
    {
        var record = End(new ChildEnded { ExitCode = code });

        Assert.Equal(TaskState.Finished, record.State);
        Assert.Equal(code, record.ExitCode);
        Assert.False(record.Ending!.HasSignal);
        Assert.False(record.Ending.HasReason);
    }

    [Theory]
    [InlineData(9)]
    [InlineData(15)]
    public void Death_by_a_signal_has_no_exit_code(int signal)
    {
        var record = End(new ChildEnded { Signal = signal });

        Assert.Equal(TaskState.Finished, record.State);
        Assert.Null(record.ExitCode);
        Assert.Equal(signal, record.Ending!.Signal);
    }

    [Fact]
    public void An_exit_code_of_137_is_not_a_signal()
    {
        var record = End(new ChildEnded { ExitCode = 137 });

        Assert.Equal(137, record.ExitCode);
        Assert.False(record.Ending!.HasSignal);
    }

    [Fact]
    public void One_that_was_executed_several_times_ends_as_the_last_one_did_and_says_why_there_was_no_further_one()
    {
        var record = End(new ChildEnded { ExitCode = 3, Attempts = 4, RetryFailure = "'/x' cannot be executed: ENOENT" });

        Assert.Equal((TaskState.Finished, 3, 4), (record.State, record.ExitCode, record.Ending!.Attempts));
        Assert.Equal("its last attempt could not be executed: '/x' cannot be executed: ENOENT", record.Ending.Reason);
        Assert.False(End(new ChildEnded { ExitCode = 3, Attempts = 4 }).Ending!.HasReason);
    }

    [Fact]
    public void A_task_that_outlived_its_grace_was_killed_brutally()
    {
        var record = End(
            new ChildEnded { Signal = 9, GraceExpired = true, StopRequestedBy = "bob", ProcessesKilled = 3 });

        Assert.Equal(TaskState.BrutallyKilled, record.State);
        Assert.Null(record.ExitCode);
        Assert.Equal(9, record.Ending!.Signal);
        Assert.True(record.Ending.GraceExpired);
        Assert.Equal("bob", record.Ending.StopRequestedBy);
        Assert.Equal(3, record.Ending.ProcessesKilled);
    }

    [Fact]
    public void An_exit_code_after_the_grace_is_not_reported() =>
        Assert.Null(End(new ChildEnded { ExitCode = 0, GraceExpired = true }).ExitCode);

    [Fact]
    public void A_lost_task_has_a_reason_and_nothing_invented()
    {
        var record = End(TaskEndings.Lost(Record, new Boot("boot"), Record.CreatedAt.AddHours(1)));

        Assert.Equal(TaskState.Lost, record.State);
        Assert.NotEmpty(record.Ending!.Reason);
        Assert.Null(record.ExitCode);
        Assert.False(record.Ending.HasSignal);
        Assert.Null(record.Ending.Usage);
    }

    [Theory]
    [InlineData(null, "supervisor")]
    [InlineData("boot", "supervisor")]
    [InlineData("another boot", "machine was restarted")]
    public void A_loss_by_a_restart_of_the_machine_is_told_as_one(string? bootId, string says)
    {
        var ended = TaskEndings.Lost(Record with { BootId = bootId }, new Boot("boot"), Record.CreatedAt);

        Assert.Contains(says, ended.LostReason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_reason_for_the_loss_outweighs_all_else()
    {
        var record = End(new ChildEnded { LostReason = "gone", ExitCode = 0, GraceExpired = true });

        Assert.Equal(TaskState.Lost, record.State);
        Assert.Null(record.ExitCode);
    }

    [Fact]
    public void Nobody_asked_when_nobody_is_named() =>
        Assert.False(End(new ChildEnded { ExitCode = 0 }).Ending!.HasStopRequestedBy);

    [Fact]
    public void Times_and_usage_keep_their_fractions()
    {
        var ending = End(new ChildEnded
        {
            ExitCode = 0,
            StartedAtUnixNs = 1_767_323_045_000_000_001,
            EndedAtUnixNs = 1_767_323_046_999_999_999,
            UserTimeUs = 1_000_001,
            SystemTimeUs = 999_999,
            MaxRssBytes = 5_000_000_000,
        }).Ending!;

        Assert.Equal(new Timestamp { Seconds = 1_767_323_045, Nanos = 1 }, ending.StartedAt);
        Assert.Equal(new Timestamp { Seconds = 1_767_323_046, Nanos = 999_999_999 }, ending.EndedAt);
        Assert.Equal(new Duration { Seconds = 1, Nanos = 1000 }, ending.Usage.UserTime);
        Assert.Equal(new Duration { Nanos = 999_999_000 }, ending.Usage.SystemTime);
        Assert.Equal(5_000_000_000, ending.Usage.MaxRssBytes);
    }

    [Fact]
    public void What_the_kernel_tells_of_limits_is_reported()
    {
        var ending = End(
            new ChildEnded { ProcessLimitHit = false, MemoryPeakBytes = 4096, CpuThrottledUs = 1_500_000 }).Ending!;

        Assert.Equal((true, false), (ending.HasProcessLimitHit, ending.ProcessLimitHit));
        Assert.Equal(4096, ending.MemoryPeakBytes);
        Assert.Equal(new Duration { Seconds = 1, Nanos = 500_000_000 }, ending.CpuThrottledTime);
        var without = End(new ChildEnded()).Ending!;
        Assert.False(without.HasProcessLimitHit || without.HasMemoryPeakBytes || without.CpuThrottledTime is not null);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Lack_of_memory_is_reported_where_the_kernel_told(bool outOfMemory)
    {
        var ending = End(new ChildEnded { Signal = 9, OutOfMemory = outOfMemory }).Ending!;

        Assert.Equal((true, outOfMemory), (ending.HasOutOfMemory, ending.OutOfMemory));
        Assert.False(End(new ChildEnded { Signal = 9 }).Ending!.HasOutOfMemory);
    }

    [Fact]
    public void Times_that_are_not_known_are_not_given()
    {
        var ending = End(new ChildEnded { ExitCode = 0 }).Ending!;

        Assert.Null(ending.StartedAt);
        Assert.Null(ending.EndedAt);
    }

    [Fact]
    public void The_end_of_a_lost_task_names_it_and_when_that_was_found_out()
    {
        var now = Record.CreatedAt.AddTicks(36_000_000_001);

        var ended = TaskEndings.Lost(Record, new Boot("boot"), now);

        Assert.Equal(Record.Id.ToString(), ended.TaskId);
        Assert.Equal(now, End(ended).Ending!.EndedAt.ToDateTimeOffset());
    }

    [Fact]
    public void What_was_asked_for_stays_on_record()
    {
        var record = End(new ChildEnded { ExitCode = 0 });

        Assert.Equal(
            (Record.Id, Record.Owner, Record.CreatedAt, Record.Request),
            (record.Id, record.Owner, record.CreatedAt, record.Request));
    }

    private static TaskRecord End(ChildEnded ended) =>
        TaskEndings.With(Record with { State = TaskEndings.StateOf(ended) }, ended);
}
