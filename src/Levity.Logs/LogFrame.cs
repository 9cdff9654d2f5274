namespace Levity.Logs;

/// <summary>What <see cref="LogReader.ReadNext"/> found. Which members mean something depends on its outcome.</summary>
public readonly record struct LogFrame
{
    /// <summary>The stream of a <see cref="LogReadOutcome.Frame"/>.</summary>
    public LogStream Stream { get; init; }

    /// <summary>When it arrived, in nanoseconds since 1970. Of a gap: when what follows it did, or 0 when nothing does yet.</summary>
    public long UnixNs { get; init; }

    /// <summary>
    /// What the task wrote, or the ending that the log was sealed with. It lies in the reader's buffer: good until the
    /// next call of the reader.
    /// </summary>
    public ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>How many bytes are missing at a <see cref="LogReadOutcome.Gap"/>; 0 where nobody knows.</summary>
    public ulong MissingBytes { get; init; }

    /// <summary>Why they are missing.</summary>
    public LogGapReason GapReason { get; init; }

    /// <summary>Where to go on after this. A seal is not passed: from here one reads it again.</summary>
    public LogCursor Next { get; init; }
}
