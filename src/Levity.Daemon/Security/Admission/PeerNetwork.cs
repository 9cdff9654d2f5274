using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Levity.Daemon.Security.Admission;

/// <summary>
/// What counts as one address: an address of IPv4, however it is written, and a /64 of IPv6, of which anybody has 2^64
/// addresses (RFC 6177, RFC 7421).
/// </summary>
internal readonly record struct PeerNetwork
{
    private readonly ulong _bits;
    private readonly bool _isIPv6;

    private PeerNetwork(ulong bits, bool isIPv6) => (_bits, _isIPv6) = (bits, isIPv6);

    public static PeerNetwork Of(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
        }

        address.TryWriteBytes(bytes, out _);
        return address.AddressFamily == AddressFamily.InterNetwork
            ? new PeerNetwork(BinaryPrimitives.ReadUInt32BigEndian(bytes), isIPv6: false)
            : new PeerNetwork(BinaryPrimitives.ReadUInt64BigEndian(bytes), isIPv6: true);
    }

    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        if (!_isIPv6)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)_bits);
            return new IPAddress(bytes[..4]).ToString();
        }

        BinaryPrimitives.WriteUInt64BigEndian(bytes, _bits);
        return $"{new IPAddress(bytes)}/64";
    }
}
