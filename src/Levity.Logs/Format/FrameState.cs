namespace Levity.Logs.Format;

/// <summary>What some bytes are, taken as a frame.</summary>
internal enum FrameState
{
    /// <summary>A frame, checked.</summary>
    Whole,

    /// <summary>The beginning of one, as far as one can tell: the rest is not there.</summary>
    Incomplete,

    /// <summary>Not a frame, whatever may follow.</summary>
    Broken,
}
