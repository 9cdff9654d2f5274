using System.Text;

namespace Levity.Logs.Tests.Fixtures;

/// <summary>What a reader returned, kept: the payload has one character for each byte.</summary>
internal sealed record Entry(LogReadOutcome Outcome)
{
    public LogStream Stream { get; init; }

    public long UnixNs { get; init; }

    public string Payload { get; init; } = "";

    public ulong Missing { get; init; }

    public LogGapReason Reason { get; init; }

    public LogCursor Next { get; init; }

    public static Entry Of(LogReadOutcome outcome, LogFrame frame) => new(outcome)
    {
        Stream = frame.Stream,
        UnixNs = frame.UnixNs,
        Payload = Encoding.Latin1.GetString(frame.Payload.Span),
        Missing = frame.MissingBytes,
        Reason = frame.GapReason,
        Next = frame.Next,
    };
}
