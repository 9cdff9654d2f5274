namespace Levity.Logs;

/// <summary>Why bytes are missing. The numbers are stored: they never change.</summary>
public enum LogGapReason : byte
{
    /// <summary>They could not be written, as on a full disk; how many is known exactly.</summary>
    NotWritten = 1,

    /// <summary>The writer died in the middle of a frame, which was cut off; how many is not known.</summary>
    WriterDied = 2,

    /// <summary>Their segments were removed; counted in log positions, which include what frames add.</summary>
    Removed = 3,
}
