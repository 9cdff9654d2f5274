using Levity.Daemon.Tasks;
using Levity.Linux;
using Levity.Protocol;

namespace Levity.Daemon.Api.Validation;

internal static partial class RequestValidation
{
    // The supervisor counts milliseconds.
    private static readonly TimeSpan ShortestTimeout = TimeSpan.FromMilliseconds(1);

    // Who may start so many tasks a minute is not to get round that.
    private static readonly TimeSpan ShortestBackoff = TimeSpan.FromMilliseconds(100);
    private const int MostRetries = 1_000_000;

    private static void CheckBounds(StartTaskRequest request)
    {
        CheckDuration("timeout", request.Timeout, ShortestTimeout);
        CheckDuration("grace", request.Grace, least: TimeSpan.Zero);
        if (request.HasStopSignal)
        {
            CheckSignal("stop_signal", request.StopSignal);
        }

        CheckDuration("keep_for", request.KeepFor, least: TimeSpan.Zero);
        CheckRetry(request);
        if (request.LogQuotaBytes is > 0 and < TaskOptions.SmallestLogQuota)
        {
            throw RpcErrors.Invalid(
                "log_quota_bytes",
                $"{request.LogQuotaBytes} is too little for a task's log: at least {TaskOptions.SmallestLogQuota}, or 0 for the server's");
        }

        for (var i = 0; i < request.Ulimits.Count; i++)
        {
            CheckUlimit($"ulimits[{i}]", request.Ulimits[i]);
            if (request.Ulimits.Take(i).Any(other => other.Name == request.Ulimits[i].Name))
            {
                throw RpcErrors.Invalid($"ulimits[{i}].name", $"{request.Ulimits[i].Name} is given more than once");
            }
        }
    }

    /// <summary>What makes sense, and the operator does not want.</summary>
    public static void CheckAgainst(TaskOptions options, StartTaskRequest request)
    {
        if (options.LogQuota > 0 && request.LogQuotaBytes > options.LogQuota)
        {
            throw RpcErrors.Invalid(
                "log_quota_bytes",
                $"{request.LogQuotaBytes} is more than this server keeps of a task, which is {options.LogQuota}");
        }
    }

    private static void CheckRetry(StartTaskRequest request)
    {
        if (request.Retry is not { } retry)
        {
            return;
        }

        if (request.Stdin || request.Terminal is not null)
        {
            throw RpcErrors.Invalid(
                "retry",
                "a task with an input or a terminal cannot be executed again: what its first attempt has read is gone; leave out "
                    + "one of the two");
        }

        if (retry.MaxRetries is < 1 or > MostRetries)
        {
            throw RpcErrors.Invalid("retry.max_retries", $"{retry.MaxRetries} is not within 1 and {MostRetries}");
        }

        CheckDuration("retry.initial_backoff", retry.InitialBackoff, ShortestBackoff);
        CheckDuration("retry.max_backoff", retry.MaxBackoff, ShortestBackoff);
        if (retry.MaxBackoff?.ToTimeSpan() is { } most && most < TaskBounds.InitialBackoffOf(retry))
        {
            throw RpcErrors.Invalid(
                "retry.max_backoff",
                $"{GoDuration.Format(most)} is less than the initial back-off, {GoDuration.Format(TaskBounds.InitialBackoffOf(retry))}");
        }
    }

    private static void CheckUlimit(string field, Ulimit limit)
    {
        if (!ProcessLimit.TryFind(limit.Name, out _))
        {
            throw RpcErrors.Invalid(
                $"{field}.name",
                $"{RpcErrors.Quote(limit.Name)} is no limit; there are {string.Join(", ", ProcessLimit.AllNames.Order())}");
        }

        if (limit.Soft > limit.Hard)
        {
            throw RpcErrors.Invalid($"{field}.soft", $"{limit.Soft} is above the hard limit, {limit.Hard}");
        }
    }
}
