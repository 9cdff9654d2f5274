namespace Levity.Logs;

/// <summary>Why bytes are missing. The numbers are stored: they never change.</summary>
public enum LogGapReason : byte
{
    /// <summary>They could not be written, as on a full disk; how many is known exactly.</summary>
    NotWritten = 1,

    /// <summary>The writer died in the middle of a frame, which was cut off; how many is not known.</summary>
    WriterDied = 2,

    /// <summary>
    /// Their segments were dropped, for the log's quota; how many is known to a reader that came from there, or begins
    /// at the start.
    /// </summary>
    Removed = 3,
}
