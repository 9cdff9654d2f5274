namespace Levity.Logs;

/// <summary>What a reader found at its cursor.</summary>
public enum LogReadOutcome
{
    /// <summary>Nothing whole is there yet. Read again when the log has grown.</summary>
    AtEnd,

    /// <summary>Bytes of one of the two streams.</summary>
    Frame,

    /// <summary>Bytes are missing here; reading goes on behind them.</summary>
    Gap,

    /// <summary>The log ends here for ever; the payload is the ending that it was sealed with.</summary>
    Sealed,

    /// <summary>What is here is no frame, although more follows: the file is damaged, and reading ends.</summary>
    Corrupt,
}
