using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Levity.Daemon.Api.Validation;
using Levity.Daemon.Tasks;
using Levity.Protocol;

namespace Levity.Daemon.Tests.Api.Validation;

/// <summary>What bounds a task's life.</summary>
public sealed class BoundsValidationTests
{
    private const long Longest = 366 * 24 * 3600;

    [Theory]
    [InlineData(0, 1_000_000)]
    [InlineData(1, 0)]
    [InlineData(Longest, 0)]
    public void A_timeout_may_be_anything_from_a_millisecond_on(long seconds, int nanos) =>
        RequestValidation.Check(new StartTaskRequest { Binary = "true", Timeout = Of(seconds, nanos) });

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 999_999)]
    [InlineData(-1, 0)]
    [InlineData(1, -1)]
    [InlineData(1, 1_000_000_000)]
    [InlineData(Longest, 1)]
    [InlineData(long.MaxValue, 0)]
    public void A_timeout_that_is_none_or_too_long_is_refused(long seconds, int nanos) =>
        AssertRefused("timeout", new StartTaskRequest { Binary = "true", Timeout = Of(seconds, nanos) });

    [Theory]
    [InlineData(0, 0)]
    [InlineData(Longest, 0)]
    public void A_grace_may_be_nothing(long seconds, int nanos) =>
        RequestValidation.Check(new StartTaskRequest { Binary = "true", Grace = Of(seconds, nanos) });

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(0, -1)]
    [InlineData(Longest, 1)]
    public void A_grace_that_is_no_duration_is_refused(long seconds, int nanos) =>
        AssertRefused("grace", new StartTaskRequest { Binary = "true", Grace = Of(seconds, nanos) });

    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    public void Any_signal_can_be_the_one_that_stops(int signal) =>
        RequestValidation.Check(new StartTaskRequest { Binary = "true", StopSignal = signal });

    [Theory]
    [InlineData(0)]
    [InlineData(-15)]
    [InlineData(65)]
    [InlineData(int.MinValue)]
    public void What_is_no_signal_is_refused(int signal) =>
        AssertRefused("stop_signal", new StartTaskRequest { Binary = "true", StopSignal = signal });

    [Fact]
    public void Each_limit_can_be_set_once_to_anything()
    {
        string[] names =
        [
            "as", "core", "cpu", "data", "fsize", "locks", "memlock", "msgqueue", "nice", "nofile", "nproc", "rss", "rtprio",
            "rttime", "sigpending", "stack",
        ];

        RequestValidation.Check(new StartTaskRequest
        {
            Binary = "true",
            Ulimits = { names.Select((name, i) => new Ulimit { Name = name, Soft = (ulong)i, Hard = i == 0 ? 0 : ulong.MaxValue }) },
        });
    }

    [Theory]
    [InlineData("")]
    [InlineData("NOFILE")]
    [InlineData("RLIMIT_NOFILE")]
    [InlineData("files\0")]
    public void A_limit_that_there_is_not_is_refused(string name) =>
        AssertRefused("ulimits[0].name", new StartTaskRequest { Binary = "true", Ulimits = { new Ulimit { Name = name } } });

    [Fact]
    public void A_soft_limit_above_the_hard_one_is_refused() => AssertRefused(
        "ulimits[0].soft", new StartTaskRequest { Binary = "true", Ulimits = { new Ulimit { Name = "core", Soft = 2, Hard = 1 } } });

    [Fact]
    public void A_limit_that_is_given_twice_is_refused() => AssertRefused(
        "ulimits[1].name",
        new StartTaskRequest { Binary = "true", Ulimits = { new Ulimit { Name = "core" }, new Ulimit { Name = "core" } } });

    [Theory]
    [InlineData(1ul)]
    [InlineData(1024ul * 1024 - 1)]
    public void A_log_that_could_hold_next_to_nothing_is_refused(ulong quota) =>
        AssertRefused("log_quota_bytes", new StartTaskRequest { Binary = "true", LogQuotaBytes = quota });

    [Theory]
    [InlineData(0ul, 1024ul * 1024)]
    [InlineData(1024ul * 1024, 1024ul * 1024)]
    [InlineData(ulong.MaxValue, 0ul)]
    public void A_log_may_have_what_the_operator_lets_it_have(ulong quota, ulong most)
    {
        var request = new StartTaskRequest { Binary = "true", LogQuotaBytes = quota };

        RequestValidation.Check(request);
        RequestValidation.CheckAgainst(new TaskOptions { LogQuota = most }, request);
    }

    [Fact]
    public void A_log_of_more_than_that_is_refused_with_how_much_it_is()
    {
        var refusal = Assert.Throws<RpcException>(() => RequestValidation.CheckAgainst(
            new TaskOptions { LogQuota = 2_000_000 }, new StartTaskRequest { Binary = "true", LogQuotaBytes = 2_000_001 }));

        Assert.StartsWith("log_quota_bytes: 2000001 ", refusal.Status.Detail, StringComparison.Ordinal);
        Assert.Contains("2000000", refusal.Status.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(Longest, 0)]
    public void A_task_may_be_kept_for_no_time_or_a_year(long seconds, int nanos) =>
        RequestValidation.Check(new StartTaskRequest { Binary = "true", KeepFor = Of(seconds, nanos) });

    [Theory]
    [InlineData(0, -1)]
    [InlineData(-1, 0)]
    [InlineData(Longest, 1)]
    public void A_time_to_be_kept_that_is_none_is_refused(long seconds, int nanos) =>
        AssertRefused("keep_for", new StartTaskRequest { Binary = "true", KeepFor = Of(seconds, nanos) });

    [Theory]
    [InlineData(1)]
    [InlineData(1_000_000)]
    public void A_task_may_be_executed_again_so_often(int most) =>
        RequestValidation.Check(new StartTaskRequest { Binary = "true", Retry = new RetryPolicy { MaxRetries = most } });

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1_000_001)]
    [InlineData(int.MinValue)]
    public void But_not_never_and_not_for_ever(int most) => AssertRefused(
        "retry.max_retries", new StartTaskRequest { Binary = "true", Retry = new RetryPolicy { MaxRetries = most } });

    [Theory]
    [InlineData(0, 99_999_999)]
    [InlineData(0, 0)]
    [InlineData(-1, 0)]
    [InlineData(1, -1)]
    [InlineData(Longest, 1)]
    [InlineData(long.MaxValue, 0)]
    public void A_back_off_that_is_none_or_nearly_none_is_refused(long seconds, int nanos)
    {
        AssertRefused("retry.initial_backoff", Retried(new RetryPolicy { MaxRetries = 1, InitialBackoff = Of(seconds, nanos) }));
        AssertRefused("retry.max_backoff", Retried(new RetryPolicy { MaxRetries = 1, MaxBackoff = Of(seconds, nanos) }));
    }

    [Fact]
    public void A_longest_back_off_is_not_less_than_the_first_be_that_the_usual_one()
    {
        RequestValidation.Check(Retried(new RetryPolicy { MaxRetries = 1, InitialBackoff = Of(2, 0), MaxBackoff = Of(2, 0) }));
        RequestValidation.Check(Retried(new RetryPolicy { MaxRetries = 1, InitialBackoff = Of(3600, 0) }));
        RequestValidation.Check(Retried(new RetryPolicy { MaxRetries = 1, InitialBackoff = Of(0, 100_000_000), MaxBackoff = Of(1, 0) }));

        AssertRefused(
            "retry.max_backoff",
            Retried(new RetryPolicy { MaxRetries = 1, InitialBackoff = Of(2, 0), MaxBackoff = Of(1, 999_999_999) }));
        AssertRefused("retry.max_backoff", Retried(new RetryPolicy { MaxRetries = 1, MaxBackoff = Of(0, 999_999_999) }));
    }

    [Fact]
    public void What_reads_an_input_is_not_executed_again()
    {
        var (input, terminal) = (Retried(new RetryPolicy { MaxRetries = 1 }), Retried(new RetryPolicy { MaxRetries = 1 }));
        input.Stdin = true;
        terminal.Terminal = new Terminal();

        AssertRefused("retry", input);
        AssertRefused("retry", terminal);
    }

    private static StartTaskRequest Retried(RetryPolicy retry) => new() { Binary = "true", Retry = retry };

    private static Duration Of(long seconds, int nanos) => new() { Seconds = seconds, Nanos = nanos };

    private static void AssertRefused(string field, StartTaskRequest request)
    {
        var refusal = Assert.Throws<RpcException>(() => RequestValidation.Check(request));
        Assert.Equal(StatusCode.InvalidArgument, refusal.StatusCode);
        Assert.StartsWith($"{field}: ", refusal.Status.Detail, StringComparison.Ordinal);
        Assert.Matches(": .{8,}", refusal.Status.Detail);
    }
}
