using Levity.Protocol;
using Duration = Google.Protobuf.WellKnownTypes.Duration;

namespace Levity.Daemon.Api.Validation;

internal static partial class RequestValidation
{
    // In seconds: 366 days.
    private const long LongestValidity = 366 * 24 * 3600;

    public static void Check(ShareTaskRequest request)
    {
        CheckUser(request.User);
        if (request is { Read: false, Signal: false })
        {
            throw RpcErrors.Invalid("read", "neither it nor signal is given, so that nothing would be shared");
        }

        if (request.ValidFor is { } duration)
        {
            CheckValidity(duration);
        }
    }

    public static void Check(UnshareTaskRequest request) => CheckUser(request.User);

    /// <summary>Whom a task cannot be shared with, although they may well exist.</summary>
    public static void CheckGrantee(string user, string owner, string caller)
    {
        if (string.Equals(user, owner, StringComparison.Ordinal))
        {
            throw RpcErrors.Invalid("user", $"{user} owns the task, and may do everything with it");
        }

        // An admin would keep it when they are none any more.
        if (string.Equals(user, caller, StringComparison.Ordinal))
        {
            throw RpcErrors.Invalid("user", $"{user} is yourself: ask the owner of the task, {owner}, to share it");
        }
    }

    // google/protobuf/duration.proto: nanos has the sign of seconds. What is shorter than a tick of our clock is none.
    private static void CheckValidity(Duration duration)
    {
        var isDuration = duration is { Seconds: >= 0 and <= LongestValidity, Nanos: >= 0 and <= 999_999_999 };
        if (!isDuration || duration.ToTimeSpan() <= TimeSpan.Zero || duration is { Seconds: LongestValidity, Nanos: > 0 })
        {
            throw RpcErrors.Invalid(
                "valid_for",
                $"{duration.Seconds} s and {duration.Nanos} ns is not above zero and at most 366 days: leave it out to share "
                + "the task for as long as it is there");
        }
    }
}
