using System.Buffers.Binary;
using System.Text;
using Google.Protobuf;

namespace Levity.EndToEnd.Tests.Fixtures;

/// <summary>
/// The frames of a gRPC request. Its header fields are literals that nobody remembers (RFC 7541, section 6.2.2), so that the
/// bytes are the same each time.
/// </summary>
internal static class Http2Request
{
    // Of the static table (RFC 7541, appendix A).
    private const byte Authority = 1;
    private const byte MethodPost = 0x80 | 3;
    private const byte Path = 4;
    private const byte SchemeHttps = 0x80 | 7;
    private const byte ContentType = 31;

    /// <summary>What every call begins with, and whatever other fields.</summary>
    public static Http2Frame Headers(
        int stream, string method, FrameFlags flags = FrameFlags.EndHeaders, params ReadOnlySpan<byte> fields)
    {
        var block = new List<byte> { MethodPost, SchemeHttps };
        AddIndexed(block, Path, method);
        AddIndexed(block, Authority, "localhost");
        AddIndexed(block, ContentType, "application/grpc");
        block.AddRange(Field("te", "trailers"));
        block.AddRange(fields);
        return new Http2Frame(FrameType.Headers, stream, flags) { Payload = block.ToArray() };
    }

    /// <summary>A header field.</summary>
    public static byte[] Field(string name, string value)
    {
        var field = new List<byte> { 0 };
        AddText(field, name);
        AddText(field, value);
        return [.. field];
    }

    /// <summary>A message as it is, the whole of what is asked.</summary>
    public static Http2Frame Data(int stream, IMessage message, FrameFlags flags = FrameFlags.EndStream) =>
        Data(stream, (byte[])[.. Prefix(message.CalculateSize()), .. message.ToByteArray()], flags);

    public static Http2Frame Data(int stream, ReadOnlyMemory<byte> bytes, FrameFlags flags = FrameFlags.None) =>
        new(FrameType.Data, stream, flags) { Payload = bytes };

    /// <summary>What is in front of a message: whether it is compressed, and its length (grpc's PROTOCOL-HTTP2.md).</summary>
    public static byte[] Prefix(int length, bool isCompressed = false)
    {
        var prefix = new byte[5];
        prefix[0] = isCompressed ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt32BigEndian(prefix.AsSpan(1), length);
        return prefix;
    }

    // Literal without indexing, its name by number (RFC 7541, section 6.2.2): four bits for that.
    private static void AddIndexed(List<byte> block, byte name, string value)
    {
        AddNumber(block, 0, 4, name);
        AddText(block, value);
    }

    private static void AddText(List<byte> block, string text)
    {
        AddNumber(block, 0, 7, text.Length);
        block.AddRange(Encoding.ASCII.GetBytes(text));
    }

    // RFC 7541, section 5.1.
    private static void AddNumber(List<byte> block, byte first, int bits, int number)
    {
        var most = (1 << bits) - 1;
        if (number < most)
        {
            block.Add((byte)(first | number));
            return;
        }

        block.Add((byte)(first | most));
        for (number -= most; number >= 0x80; number >>= 7)
        {
            block.Add((byte)(0x80 | (number & 0x7f)));
        }

        block.Add((byte)number);
    }
}
