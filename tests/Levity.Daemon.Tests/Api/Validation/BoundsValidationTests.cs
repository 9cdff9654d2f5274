using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Levity.Daemon.Api.Validation;
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

    private static Duration Of(long seconds, int nanos) => new() { Seconds = seconds, Nanos = nanos };

    private static void AssertRefused(string field, StartTaskRequest request)
    {
        var refusal = Assert.Throws<RpcException>(() => RequestValidation.Check(request));
        Assert.Equal(StatusCode.InvalidArgument, refusal.StatusCode);
        Assert.StartsWith($"{field}: ", refusal.Status.Detail, StringComparison.Ordinal);
    }
}
