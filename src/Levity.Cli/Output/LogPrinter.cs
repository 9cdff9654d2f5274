using Levity.Cli.Terminals;
using Levity.Protocol;

namespace Levity.Cli.Output;

/// <summary>Prints what comes of a log: each stream to our own of that name, gaps as talk.</summary>
internal sealed class LogPrinter(ConsoleOutput output, bool withTimes, ScreenModes? screen = null)
{
    private readonly LineStamps? _stdout = withTimes ? new LineStamps() : null;
    private readonly LineStamps? _stderr = withTimes ? new LineStamps() : null;

    public void Print(StreamLogsResponse message)
    {
        switch (message.EventCase)
        {
            case StreamLogsResponse.EventOneofCase.Chunk when message.Chunk.Stream == LogStream.Stderr:
                output.WriteError(BytesOf(message.Chunk, _stderr));
                break;
            case StreamLogsResponse.EventOneofCase.Chunk:
                screen?.Observe(message.Chunk.Data.Span);
                output.WriteOutput(BytesOf(message.Chunk, _stdout));
                break;
            case StreamLogsResponse.EventOneofCase.Gap:
                output.Report(Describe(message.Gap));
                break;
        }
    }

    private static ReadOnlySpan<byte> BytesOf(LogChunk chunk, LineStamps? stamps) =>
        stamps is null ? chunk.Data.Span : stamps.Stamp(chunk.Data.Span, chunk.Time);

    private static string Describe(LogGap gap) => gap.MissingBytes == 0
        ? $"an unknown number of bytes of the log is missing: {gap.Reason}"
        : $"{gap.MissingBytes} bytes of the log are missing: {gap.Reason}";
}
