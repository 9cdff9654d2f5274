using System.Text;
using Levity.Protocol;
using Duration = Google.Protobuf.WellKnownTypes.Duration;
using Timestamp = Google.Protobuf.WellKnownTypes.Timestamp;

namespace Levity.Daemon.Api.Validation;

/// <summary>
/// Which requests make sense. The only place that looks at a field to refuse it; the field is named. A file for each kind
/// of request; here is what they have in common.
/// </summary>
internal static partial class RequestValidation
{
    // execve(2): MAX_ARG_STRLEN is 32 pages of 4 KiB and counts the terminating NUL. PATH_MAX counts it too.
    private const int LongestString = 131_071;
    private const int LongestPath = 4_095;

    // In seconds: 366 days.
    private const long LongestDuration = 366 * 24 * 3600;

    /// <summary>The id of a handle; a task of that id need not exist.</summary>
    public static TaskId RequireId(TaskHandle? handle)
    {
        if (handle is null)
        {
            throw RpcErrors.Invalid("task_id", "is missing");
        }

        return TaskId.TryParse(handle.Id, out var id)
            ? id
            : throw RpcErrors.Invalid("task_id.id", $"{RpcErrors.Quote(handle.Id)} is not a task id (a lower-case UUID)");
    }

    private static void CheckUser(string field, string user)
    {
        if (!UserName.TryParse(user, out _))
        {
            throw RpcErrors.Invalid(field, $"{RpcErrors.Quote(user)} is no name of a user, which is made of {UserName.Rule}");
        }
    }

    // google/protobuf/timestamp.proto: from the year 1 to the year 9999.
    private static void CheckTime(string field, Timestamp? time)
    {
        if (time is not null and not { Seconds: >= -62_135_596_800 and <= 253_402_300_799, Nanos: >= 0 and <= 999_999_999 })
        {
            throw RpcErrors.Invalid(field, $"{time.Seconds} s and {time.Nanos} ns since 1970 is not a time");
        }
    }

    /// <summary>One that is not given is always in order.</summary>
    private static void CheckDuration(string field, Duration? duration, TimeSpan least)
    {
        if (duration is not null && !IsWithin(duration, least))
        {
            throw RpcErrors.Invalid(
                field,
                $"{duration.Seconds} s and {duration.Nanos} ns is not within {GoDuration.Format(least)} and 366 days");
        }
    }

    // google/protobuf/duration.proto: nanos has the sign of seconds.
    private static bool IsWithin(Duration duration, TimeSpan least) =>
        duration is { Seconds: >= 0 and <= LongestDuration, Nanos: >= 0 and <= 999_999_999 }
        && duration is not { Seconds: LongestDuration, Nanos: > 0 }
        && duration.ToTimeSpan() >= least;

    private static void CheckPath(string field, string path)
    {
        if (path.Length == 0)
        {
            throw RpcErrors.Invalid(field, "is empty");
        }

        CheckString(field, path, LongestPath);
    }

    private static void CheckString(string field, string value, int longest)
    {
        if (value.Contains('\0'))
        {
            throw RpcErrors.Invalid(field, "has a NUL character, which no program could be given");
        }

        // UTF-8 takes up to three bytes for a char, so most strings are not measured.
        if (value.Length > longest / 3 && Encoding.UTF8.GetByteCount(value) is var length && length > longest)
        {
            throw RpcErrors.Invalid(field, $"has {length} bytes; at most {longest} are possible");
        }
    }
}
