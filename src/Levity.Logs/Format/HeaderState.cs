namespace Levity.Logs.Format;

/// <summary>What the beginning of a file is, taken as a segment's header.</summary>
internal enum HeaderState
{
    Whole,

    /// <summary>Shorter than a header, or never written: its writer has not got, or never got, that far.</summary>
    Incomplete,

    /// <summary>Not a header, a damaged one, or that of a segment with another name.</summary>
    Broken,

    /// <summary>A header of a format that this program does not know.</summary>
    UnknownVersion,
}
