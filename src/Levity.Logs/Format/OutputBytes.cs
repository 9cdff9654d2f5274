namespace Levity.Logs.Format;

/// <summary>
/// How much of a task's output a frame stands for. The sum over all frames before a place is what a reader must have
/// been given, or told of, there: so it is known what is missing when their segments are gone.
/// </summary>
internal static class OutputBytes
{
    public static ulong CountOf(FrameKind kind, ReadOnlySpan<byte> payload)
    {
        switch (kind)
        {
            case FrameKind.Stdout or FrameKind.Stderr:
                return (ulong)payload.Length;
            case FrameKind.Gap:
                GapPayload.Read(payload, out var missing, out _);
                return missing;
            default:
                return 0;
        }
    }
}
