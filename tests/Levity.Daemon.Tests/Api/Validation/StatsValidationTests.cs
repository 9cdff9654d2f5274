using Grpc.Core;
using Levity.Daemon.Api.Validation;
using Levity.Protocol;
using Duration = Google.Protobuf.WellKnownTypes.Duration;

namespace Levity.Daemon.Tests.Api.Validation;

public sealed class StatsValidationTests
{
    [Theory]
    [InlineData(0, 500_000_000)]
    [InlineData(1, 0)]
    [InlineData(1, 999_999_999)]
    [InlineData(3600, 0)]
    public void An_interval_from_half_a_second_to_an_hour_passes(long seconds, int nanos) =>
        RequestValidation.Check(new StreamStatsRequest { Interval = new Duration { Seconds = seconds, Nanos = nanos } });

    [Fact]
    public void None_passes_too()
    {
        RequestValidation.Check(new StreamStatsRequest());
        RequestValidation.Check(new StreamStatsRequest { Everybody = true });
        RequestValidation.Check(new StreamStatsRequest { TaskId = new TaskHandle { Id = "x" } });
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 499_999_999)]
    [InlineData(-1, 0)]
    [InlineData(1, -1)]
    [InlineData(1, 1_000_000_000)]
    [InlineData(3600, 1_000)]
    [InlineData(3601, 0)]
    [InlineData(long.MaxValue, 0)]
    [InlineData(long.MinValue, int.MinValue)]
    public void Any_other_is_refused(long seconds, int nanos)
    {
        var request = new StreamStatsRequest { Interval = new Duration { Seconds = seconds, Nanos = nanos } };

        AssertRefused("interval", request);
    }

    [Fact]
    public void One_task_and_everybody_are_not_asked_for_together() =>
        AssertRefused("everybody", new StreamStatsRequest { TaskId = new TaskHandle { Id = "x" }, Everybody = true });

    private static void AssertRefused(string field, StreamStatsRequest request)
    {
        var e = Assert.Throws<RpcException>(() => RequestValidation.Check(request));
        Assert.Equal(StatusCode.InvalidArgument, e.StatusCode);
        Assert.StartsWith($"{field}: ", e.Status.Detail, StringComparison.Ordinal);
        Assert.Matches(": .{8,}", e.Status.Detail);
    }
}
