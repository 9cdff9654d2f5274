using System.Text;
using Levity.Daemon.Tasks;
using Levity.Protocol;
using Duration = Google.Protobuf.WellKnownTypes.Duration;
using Timestamp = Google.Protobuf.WellKnownTypes.Timestamp;

namespace Levity.Daemon.Api;

/// <summary>Which requests make sense. The only place that looks at a field to refuse it; the field is named.</summary>
internal static class RequestValidation
{
    // execve(2): MAX_ARG_STRLEN is 32 pages of 4 KiB and counts the terminating NUL. PATH_MAX counts it too.
    private const int LongestString = 131_071;
    private const int LongestPath = 4_095;

    private const int LongestKey = 128;

    // In seconds: 366 days.
    private const long LongestValidity = 366 * 24 * 3600;

    public static void Check(StartTaskRequest request)
    {
        CheckPath("binary", request.Binary);
        for (var i = 0; i < request.Args.Count; i++)
        {
            CheckString($"args[{i}]", request.Args[i], LongestString);
        }

        if (request.HasWorkingDir)
        {
            CheckPath("working_dir", request.WorkingDir);
            if (request.WorkingDir[0] != '/')
            {
                throw RpcErrors.Invalid("working_dir", $"{RpcErrors.Quote(request.WorkingDir)} is not an absolute path");
            }
        }

        foreach (var (name, value) in request.Environment)
        {
            CheckVariable(name, value);
        }

        if (request.HasRequestKey)
        {
            CheckKey(request.RequestKey);
        }
    }

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

    public static void Check(StreamLogsRequest request)
    {
        if (!Enum.IsDefined(request.Stream))
        {
            throw RpcErrors.Invalid("stream", $"{(int)request.Stream} is not a stream; 1 is stdout, 2 is stderr, 0 is both");
        }

        CheckTime("since", request.Since);
        CheckTime("until", request.Until);
        if (request is { Until: not null, Follow: true })
        {
            throw RpcErrors.Invalid("until", "cannot be given together with follow, which waits for what comes later");
        }

        if (request is { Since: not null, Until: not null } && request.Until <= request.Since)
        {
            throw RpcErrors.Invalid("until", "is not after since, so that nothing is between them");
        }

        if (request is { HasTailLines: true, Cursor: > 0 })
        {
            throw RpcErrors.Invalid("tail_lines", "cannot be given together with cursor: each says where to begin");
        }
    }

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

    private static void CheckUser(string user)
    {
        if (!UserName.TryParse(user, out _))
        {
            throw RpcErrors.Invalid("user", $"{RpcErrors.Quote(user)} is no name of a user, which is made of {UserName.Rule}");
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

    // google/protobuf/timestamp.proto: from the year 1 to the year 9999.
    private static void CheckTime(string field, Timestamp? time)
    {
        if (time is not null and not { Seconds: >= -62_135_596_800 and <= 253_402_300_799, Nanos: >= 0 and <= 999_999_999 })
        {
            throw RpcErrors.Invalid(field, $"{time.Seconds} s and {time.Nanos} ns since 1970 is not a time");
        }
    }

    private static void CheckPath(string field, string path)
    {
        if (path.Length == 0)
        {
            throw RpcErrors.Invalid(field, "is empty");
        }

        CheckString(field, path, LongestPath);
    }

    private static void CheckVariable(string name, string value)
    {
        var quoted = RpcErrors.Quote(name);
        if (name.Length == 0)
        {
            throw RpcErrors.Invalid("environment", "a variable has an empty name");
        }

        if (name.Contains('='))
        {
            throw RpcErrors.Invalid("environment", $"the name {quoted} has a '='");
        }

        if (name == TaskEnvironment.IdVariable)
        {
            throw RpcErrors.Invalid("environment", $"{name} is set by levityd");
        }

        CheckString($"environment name {quoted}", name, LongestString - 1);

        // The value itself may be a secret: never echoed. The limit holds for NAME=VALUE as a whole.
        CheckString($"environment[{quoted}]", value, LongestString - 1 - Encoding.UTF8.GetByteCount(name));
    }

    private static void CheckKey(string key)
    {
        if (key.Length == 0)
        {
            throw RpcErrors.Invalid("request_key", "is empty: leave it out, or give each start one of its own");
        }

        if (Encoding.UTF8.GetByteCount(key) is var length && length > LongestKey)
        {
            throw RpcErrors.Invalid("request_key", $"has {length} bytes; at most {LongestKey} are possible");
        }

        if (key.Any(char.IsControl))
        {
            throw RpcErrors.Invalid("request_key", $"{RpcErrors.Quote(key)} has a control character");
        }
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
