using Google.Protobuf.WellKnownTypes;
using Levity.Daemon.Registry;
using Levity.Protocol;
using Levity.Protocol.Supervisor;

namespace Levity.Daemon.Api;

/// <summary>
/// Two rounds of one stream: what was measured, in the words of the public API, and what has been used since the round
/// before.
/// </summary>
internal sealed class StatsRounds
{
    private const double NanosecondsPerMicrosecond = 1000;

    private Dictionary<string, (MeasuredChild Measured, double? Share)> _before = [];
    private Dictionary<string, (MeasuredChild Measured, double? Share)> _now = [];

    public void Begin()
    {
        (_before, _now) = (_now, _before);
        _now.Clear();
    }

    public TaskStats Enter(TaskRecord record, MeasuredChild measured)
    {
        var share = _before.TryGetValue(measured.TaskId, out var before)
            ? ShareOf(before.Measured, measured) ?? before.Share
            : null;
        _now[measured.TaskId] = (measured, share);
        var stats = new TaskStats
        {
            TaskId = new TaskHandle { Id = measured.TaskId },
            Owner = record.Owner,
            Binary = record.Request.Binary,
            StartedAt = Timestamp.FromDateTimeOffset(
                DateTimeOffset.UnixEpoch.AddTicks(measured.StartedAtUnixNs / TimeSpan.NanosecondsPerTick)),
            UserTime = Duration.FromTimeSpan(TimeSpan.FromMicroseconds(measured.UserTimeUs)),
            SystemTime = Duration.FromTimeSpan(TimeSpan.FromMicroseconds(measured.SystemTimeUs)),
            Processes = measured.Processes,
            Limits = record.Request.Limits,
            Name = record.Request.Name,
        };
        if (share is { } known)
        {
            stats.CpuShare = known;
        }

        if (measured.HasMemoryBytes)
        {
            stats.MemoryBytes = measured.MemoryBytes;
        }

        if (measured.HasMemoryPeakBytes)
        {
            stats.MemoryPeakBytes = measured.MemoryPeakBytes;
        }

        return stats;
    }

    // Null for one measurement told twice. Less time than before is that of processes which nobody has waited for.
    private static double? ShareOf(MeasuredChild before, MeasuredChild now) => now.MeasuredAtNs > before.MeasuredAtNs
        ? Math.Max(0, TimeOf(now) - TimeOf(before)) * NanosecondsPerMicrosecond / (now.MeasuredAtNs - before.MeasuredAtNs)
        : null;

    private static long TimeOf(MeasuredChild measured) => measured.UserTimeUs + measured.SystemTimeUs;
}
