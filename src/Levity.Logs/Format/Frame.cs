namespace Levity.Logs.Format;

/// <summary>A frame that was found: <paramref name="Length"/> is all of it, in bytes.</summary>
internal readonly record struct Frame(FrameKind Kind, long UnixNs, int Length);
