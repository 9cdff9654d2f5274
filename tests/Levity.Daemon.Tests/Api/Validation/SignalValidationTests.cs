using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Levity.Daemon.Api.Validation;
using Levity.Protocol;

namespace Levity.Daemon.Tests.Api.Validation;

public sealed class SignalValidationTests
{
    private const long Longest = 366 * 24 * 3600;

    [Theory]
    [InlineData(1, false)]
    [InlineData(9, true)]
    [InlineData(33, true)]
    [InlineData(64, false)]
    public void Each_signal_of_the_kernel_can_be_sent(int signal, bool tree) =>
        RequestValidation.Check(new SignalTaskRequest { Signal = signal, Tree = tree });

    [Theory]
    [InlineData(0)]
    [InlineData(-9)]
    [InlineData(65)]
    [InlineData(int.MaxValue)]
    [InlineData(int.MinValue)]
    public void What_is_no_signal_is_refused_with_its_number(int signal) => Assert.Contains(
        $" {signal} ", AssertRefused("signal", new SignalTaskRequest { Signal = signal }), StringComparison.Ordinal);

    [Fact]
    public void A_stop_goes_to_all_processes_and_need_not_say_so() =>
        AssertRefused("tree", new SignalTaskRequest { Tree = true });

    [Fact]
    public void A_single_signal_has_no_grace() =>
        AssertRefused("grace", new SignalTaskRequest { Signal = 15, Grace = new Duration { Seconds = 1 } });

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 1)]
    [InlineData(Longest, 0)]
    public void A_grace_may_be_anything_from_zero_on(long seconds, int nanos) =>
        RequestValidation.Check(new SignalTaskRequest { Grace = new Duration { Seconds = seconds, Nanos = nanos } });

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(0, -1)]
    [InlineData(1, 1_000_000_000)]
    [InlineData(Longest, 1)]
    [InlineData(long.MaxValue, 0)]
    [InlineData(long.MinValue, int.MinValue)]
    public void A_grace_that_is_no_duration_or_too_long_is_refused(long seconds, int nanos) =>
        AssertRefused("grace", new SignalTaskRequest { Grace = new Duration { Seconds = seconds, Nanos = nanos } });

    private static string AssertRefused(string field, SignalTaskRequest request)
    {
        var refusal = Assert.Throws<RpcException>(() => RequestValidation.Check(request));
        Assert.Equal(StatusCode.InvalidArgument, refusal.StatusCode);
        Assert.StartsWith($"{field}: ", refusal.Status.Detail, StringComparison.Ordinal);
        Assert.Matches(": .{8,}", refusal.Status.Detail);
        return refusal.Status.Detail;
    }
}
