using Levity.Protocol;
using Duration = Google.Protobuf.WellKnownTypes.Duration;

namespace Levity.Daemon.Api.Validation;

internal static partial class RequestValidation
{
    public static void Check(ShareTaskRequest request)
    {
        CheckUser("user", request.User);
        if (request is { Read: false, Signal: false, Attach: false })
        {
            throw RpcErrors.Invalid("read", "neither it nor signal nor attach is given, so that nothing would be shared");
        }

        if (request.ValidFor is { } duration)
        {
            CheckValidity(duration);
        }
    }

    public static void Check(UnshareTaskRequest request) => CheckUser("user", request.User);

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

    // What is shorter than a tick of our clock is none.
    private static void CheckValidity(Duration duration)
    {
        if (!IsWithin(duration, least: TimeSpan.FromTicks(1)))
        {
            throw RpcErrors.Invalid(
                "valid_for",
                $"{duration.Seconds} s and {duration.Nanos} ns is not above zero and at most 366 days: leave it out to share "
                + "the task for as long as it is there");
        }
    }
}
