using System.Buffers.Binary;
using System.Text;

namespace Levity.EndToEnd.Tests.Fixtures;

/// <summary>One frame of HTTP/2, whether it makes sense or not (RFC 9113, section 4.1).</summary>
internal sealed record Http2Frame(FrameType Type, int Stream = 0, FrameFlags Flags = FrameFlags.None)
{
    public const int HeaderLength = 9;

    public ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>Of a GOAWAY (section 6.8) or a RST_STREAM (6.4).</summary>
    public Http2Error Error => (Http2Error)BinaryPrimitives.ReadInt32BigEndian(
        Payload.Span[(Type == FrameType.GoAway ? 4 : 0)..]);

    /// <summary>What a GOAWAY says besides its number.</summary>
    public string Text => Encoding.ASCII.GetString(Payload.Span[8..]);

    /// <summary>So many times, one behind the other.</summary>
    public byte[] Bytes(int times = 1)
    {
        var one = HeaderLength + Payload.Length;
        var bytes = new byte[one * times];
        for (var at = 0; at < bytes.Length; at += one)
        {
            var header = bytes.AsSpan(at);
            header[0] = (byte)(Payload.Length >> 16);
            BinaryPrimitives.WriteUInt16BigEndian(header[1..], (ushort)Payload.Length);
            header[3] = (byte)Type;
            header[4] = (byte)Flags;
            BinaryPrimitives.WriteInt32BigEndian(header[5..], Stream);
            Payload.Span.CopyTo(header[HeaderLength..]);
        }

        return bytes;
    }

    /// <summary>How long the payload is of which this is the header.</summary>
    public static int LengthIn(ReadOnlySpan<byte> header) =>
        (header[0] << 16) | BinaryPrimitives.ReadUInt16BigEndian(header[1..]);

    public static Http2Frame Of(ReadOnlySpan<byte> header, byte[] payload) => new(
        (FrameType)header[3], BinaryPrimitives.ReadInt32BigEndian(header[5..]) & int.MaxValue, (FrameFlags)header[4])
    {
        Payload = payload,
    };
}

internal enum FrameType : byte
{
    Data = 0,
    Headers = 1,
    Priority = 2,
    ResetStream = 3,
    Settings = 4,
    Ping = 6,
    GoAway = 7,
    WindowUpdate = 8,
    Continuation = 9,
}

[Flags]
internal enum FrameFlags : byte
{
    None = 0,

    /// <summary>Of DATA and HEADERS; of SETTINGS and PING it is ACK.</summary>
    EndStream = 1,
    EndHeaders = 4,
}

internal enum Http2Error
{
    None = 0,
    Protocol = 1,
    FlowControl = 3,
    FrameSize = 6,
    RefusedStream = 7,
    Cancel = 8,
    Compression = 9,
    EnhanceYourCalm = 11,
}
