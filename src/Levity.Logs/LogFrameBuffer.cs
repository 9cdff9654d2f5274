using Levity.Logs.Format;

namespace Levity.Logs;

/// <summary>
/// Room for one frame: read into <see cref="Payload"/>, then append. What surrounds the payload in the file is filled
/// in around it in memory, so that a frame is one write and no byte is copied. One buffer serves any number of logs.
/// </summary>
public sealed class LogFrameBuffer
{
    /// <summary>The most bytes of output that one frame holds.</summary>
    public const int MaxPayload = FrameFormat.MaxPayload;

    private readonly byte[] _bytes = GC.AllocateUninitializedArray<byte>(FrameFormat.MaxLength);

    /// <summary>Where the output goes; appending overwrites the four bytes behind what is appended.</summary>
    public Span<byte> Payload => _bytes.AsSpan(FrameFormat.HeaderLength, MaxPayload);

    internal Span<byte> Frame(int payloadLength) => _bytes.AsSpan(0, FrameFormat.Overhead + payloadLength);
}
