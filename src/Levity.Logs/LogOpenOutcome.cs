namespace Levity.Logs;

/// <summary>How opening a log for reading went.</summary>
public enum LogOpenOutcome
{
    Opened,

    /// <summary>There is no log, or its writer has not got as far as making it.</summary>
    NoSuchLog,

    /// <summary>The cursor is not a place between two frames of this log.</summary>
    InvalidCursor,

    /// <summary>A segment does not begin as a segment must.</summary>
    Corrupt,

    /// <summary>A newer Levity wrote this log in a format that this one does not know.</summary>
    UnknownVersion,
}
