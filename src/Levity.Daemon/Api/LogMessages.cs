using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Levity.Logs;
using Levity.Protocol;
using LogStream = Levity.Protocol.LogStream;

namespace Levity.Daemon.Api;

/// <summary>What is in a log, in the words of the public API.</summary>
internal static class LogMessages
{
    /// <summary>The message shares the frame's memory: it must be sent before the next frame is read.</summary>
    public static StreamLogsResponse Of(LogReadOutcome outcome, LogFrame frame)
    {
        var message = new StreamLogsResponse { Cursor = frame.Next.Position };
        switch (outcome)
        {
            case LogReadOutcome.Frame:
                message.Chunk = new LogChunk
                {
                    Stream = StreamOf(frame),
                    Data = UnsafeByteOperations.UnsafeWrap(frame.Payload),
                    Time = new Timestamp
                    {
                        Seconds = frame.UnixNs / 1_000_000_000,
                        Nanos = (int)(frame.UnixNs % 1_000_000_000),
                    },
                };
                break;
            case LogReadOutcome.Gap:
                message.Gap = GapOf(frame);
                break;
            default:
                message.Sealed = new LogSealed();
                break;
        }

        return message;
    }

    public static LogGap GapOf(LogFrame frame) => new()
    {
        MissingBytes = frame.MissingBytes,
        Reason = frame.GapReason switch
        {
            LogGapReason.NotWritten => "they could not be written when they came: the server's disk was full or failed",
            LogGapReason.WriterDied => "the supervisor died while it wrote them",
            LogGapReason.Removed => "they are no longer kept",
            _ => "unknown",
        },
    };

    public static LogStream StreamOf(LogFrame frame) =>
        frame.Stream == Logs.LogStream.Stdout ? LogStream.Stdout : LogStream.Stderr;
}
