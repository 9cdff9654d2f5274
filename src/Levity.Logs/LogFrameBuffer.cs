namespace Levity.Logs;

/// <summary>
/// Room for one frame: read into <see cref="Payload"/>, then append. What stands around the payload in the file is
/// filled in around it in memory, so a frame is one write and no byte is copied. One buffer serves any number of logs.
/// </summary>
public sealed class LogFrameBuffer
{
    /// <summary>The most bytes of output that one frame holds.</summary>
    public const int MaxPayload = 256 * 1024;

    private readonly byte[] _bytes = GC.AllocateUninitializedArray<byte>(16 + MaxPayload + 4);

    /// <summary>Where the output goes.</summary>
    public Span<byte> Payload => _bytes.AsSpan(16, MaxPayload);
}
