namespace Levity.Logs.Format;

/// <summary>What a frame is. The numbers are stored; a new one needs a new format version.</summary>
internal enum FrameKind : byte
{
    /// <summary>Bytes that the task wrote to its standard output.</summary>
    Stdout = (byte)LogStream.Stdout,

    /// <summary>Bytes that the task wrote to its standard error.</summary>
    Stderr = (byte)LogStream.Stderr,

    /// <summary>Bytes are missing here.</summary>
    Gap = 3,

    /// <summary>The last frame of a log: how the task ended.</summary>
    Seal = 4,

    /// <summary>
    /// The last frame of a segment that another one follows, which begins with this position: how much output came
    /// before.
    /// </summary>
    Turn = 5,
}
