using Levity.Daemon.Registry;
using Levity.Linux;
using Levity.Protocol;
using Levity.Protocol.Supervisor;

namespace Levity.Daemon.Tasks;

/// <summary>
/// How the life of a task is bounded, by its own request and by what the operator decides about all. The supervisor keeps
/// what has to hold while levityd is down.
/// </summary>
internal static class TaskBounds
{
    private static readonly TimeSpan UsualBackoff = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan UsualLongestBackoff = TimeSpan.FromMinutes(5);

    public static void Put(StartTaskRequest request, TaskOptions options, StartChild start)
    {
        start.LogQuotaBytes = request.LogQuotaBytes > 0 ? request.LogQuotaBytes : options.LogQuota;
        start.StopSignal = request.StopSignal;
        start.Ulimits.AddRange(request.Ulimits.Select(LimitOf));
        if (request.Retry is { } retry)
        {
            start.Retry = new ChildRetry
            {
                MostRetries = (uint)retry.MaxRetries,
                BackoffMs = (long)InitialBackoffOf(retry).TotalMilliseconds,
                LongestBackoffMs = (long)LongestBackoffOf(retry).TotalMilliseconds,
            };
        }

        if (request.Timeout is { } timeout)
        {
            start.TimeoutMs = (long)timeout.ToTimeSpan().TotalMilliseconds;
            start.GraceMs = (long)GraceOf(request, options).TotalMilliseconds;
        }
    }

    /// <summary>How long to wait before the second attempt.</summary>
    public static TimeSpan InitialBackoffOf(RetryPolicy retry) => retry.InitialBackoff?.ToTimeSpan() ?? UsualBackoff;

    /// <summary>And before a later one at most.</summary>
    public static TimeSpan LongestBackoffOf(RetryPolicy retry) => retry.MaxBackoff?.ToTimeSpan()
        ?? TimeSpan.FromTicks(Math.Max(InitialBackoffOf(retry).Ticks, UsualLongestBackoff.Ticks));

    /// <summary>How long a task has that was asked to stop, unless who asks says otherwise.</summary>
    public static TimeSpan GraceOf(TaskRecord record, TaskOptions options) => GraceOf(record.Request, options);

    private static TimeSpan GraceOf(StartTaskRequest request, TaskOptions options) =>
        request.Grace?.ToTimeSpan() ?? options.Grace;

    private static ChildLimit LimitOf(Ulimit limit) => ProcessLimit.TryFind(limit.Name, out var resource)
        ? new ChildLimit { Resource = (uint)resource, Soft = limit.Soft, Hard = limit.Hard }
        : throw new ArgumentException($"there is no limit {limit.Name}");
}
