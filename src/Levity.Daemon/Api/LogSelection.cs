using Google.Protobuf.WellKnownTypes;
using Levity.Logs;
using Levity.Protocol;
using LogStream = Levity.Protocol.LogStream;

namespace Levity.Daemon.Api;

/// <summary>Which part of a log somebody wants; times are nanoseconds since 1970.</summary>
internal readonly record struct LogSelection(LogStream Stream, long Since, long Until)
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    public static LogSelection Of(StreamLogsRequest request) => new(
        request.Stream,
        request.Since is { } since ? UnixNs(since) : long.MinValue,
        request.Until is { } until ? UnixNs(until) : long.MaxValue);

    /// <summary>Whether output is wanted that arrived on this stream at this time.</summary>
    public bool Includes(Logs.LogStream stream, long unixNs) =>
        (Stream == LogStream.Unspecified || (int)Stream == (int)stream) && unixNs >= Since && unixNs < Until;

    public bool Includes(LogReadOutcome outcome, LogFrame frame) => outcome switch
    {
        LogReadOutcome.Frame => Includes(frame.Stream, frame.UnixNs),

        // What is missing arrived before the time of a gap; with 0 nobody knows when.
        LogReadOutcome.Gap => frame.UnixNs == 0 || frame.UnixNs >= Since,
        _ => true,
    };

    // Further than a log's times reach is as far as they reach.
    private static long UnixNs(Timestamp time) => (long)Int128.Clamp(
        ((Int128)time.Seconds * NanosecondsPerSecond) + time.Nanos, long.MinValue, long.MaxValue);
}
