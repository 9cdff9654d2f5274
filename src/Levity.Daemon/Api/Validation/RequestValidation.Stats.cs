using Levity.Protocol;
using Duration = Google.Protobuf.WellKnownTypes.Duration;

namespace Levity.Daemon.Api.Validation;

internal static partial class RequestValidation
{
    private static readonly TimeSpan ShortestInterval = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan LongestInterval = TimeSpan.FromHours(1);

    public static void Check(StreamStatsRequest request)
    {
        if (request is { Everybody: true, TaskId: not null })
        {
            throw RpcErrors.Invalid("everybody", "cannot be given together with task_id, which is about one task");
        }

        if (request.Interval is { } interval && !IsBetween(interval, ShortestInterval, LongestInterval))
        {
            throw RpcErrors.Invalid(
                "interval", $"{interval.Seconds} s and {interval.Nanos} ns is not between half a second and an hour");
        }
    }

    // google/protobuf/duration.proto: nanos has the sign of seconds.
    private static bool IsBetween(Duration duration, TimeSpan shortest, TimeSpan longest) =>
        duration is { Seconds: >= 0, Nanos: >= 0 and <= 999_999_999 } && duration.Seconds <= longest.TotalSeconds
        && duration.ToTimeSpan() >= shortest && duration.ToTimeSpan() <= longest;
}
