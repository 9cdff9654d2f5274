using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Levity.Logs.Format;

/// <summary>
/// CRC-32C (RFC 3720, appendix B.4), by the processor's own instruction. That instruction takes three cycles and a new
/// one can begin in each, so long data is cut into three lanes that run side by side and are joined afterwards.
/// </summary>
internal static class Crc32C
{
    /// <summary>Bytes in a lane: long enough that joining costs little, short enough to be used often.</summary>
    private const int Lane = 1024;

    // What a state becomes by Lane zero bytes, for each value of each of its four bytes. Joining lanes needs no more,
    // because the state after A and B is the state of A moved on by B's length, xor the state of B begun with zero.
    private static readonly uint[] MovedOn = MoveOnTable();

    /// <summary>The checksum of some bytes.</summary>
    public static uint Of(ReadOnlySpan<byte> data) => Finish(Append(Begin, data));

    /// <summary>The state before the first byte.</summary>
    public const uint Begin = uint.MaxValue;

    /// <summary>The checksum that a state stands for.</summary>
    public static uint Finish(uint state) => ~state;

    /// <summary>The state after some more bytes.</summary>
    public static uint Append(uint state, ReadOnlySpan<byte> data)
    {
        // Asked once and not at each step: a program compiled ahead of time finds out while it runs.
        if (Sse42.X64.IsSupported)
        {
            while (data.Length >= 3 * Lane)
            {
                state = AppendLanes(state, data[..(3 * Lane)]);
                data = data[(3 * Lane)..];
            }
        }

        foreach (var word in MemoryMarshal.Cast<byte, ulong>(data))
        {
            state = BitOperations.Crc32C(state, word);
        }

        foreach (var rest in data[(data.Length & ~7)..])
        {
            state = BitOperations.Crc32C(state, rest);
        }

        return state;
    }

    private static uint AppendLanes(uint state, ReadOnlySpan<byte> data)
    {
        var a = MemoryMarshal.Cast<byte, ulong>(data[..Lane]);
        var b = MemoryMarshal.Cast<byte, ulong>(data.Slice(Lane, Lane))[..a.Length];
        var c = MemoryMarshal.Cast<byte, ulong>(data.Slice(2 * Lane, Lane))[..a.Length];
        ulong stateA = state;
        ulong stateB = 0;
        ulong stateC = 0;
        for (var i = 0; i < a.Length; i++)
        {
            stateA = Sse42.X64.Crc32(stateA, a[i]);
            stateB = Sse42.X64.Crc32(stateB, b[i]);
            stateC = Sse42.X64.Crc32(stateC, c[i]);
        }

        return MoveOn(MoveOn((uint)stateA) ^ (uint)stateB) ^ (uint)stateC;
    }

    private static uint MoveOn(uint state)
    {
        var table = MovedOn;
        return table[(byte)state]
            ^ table[256 + (byte)(state >> 8)]
            ^ table[512 + (byte)(state >> 16)]
            ^ table[768 + (int)(state >> 24)];
    }

    private static uint[] MoveOnTable()
    {
        var table = new uint[4 * 256];
        for (var bit = 0; bit < 32; bit++)
        {
            var moved = 1u << bit;
            for (var i = 0; i < Lane / sizeof(ulong); i++)
            {
                moved = BitOperations.Crc32C(moved, 0UL);
            }

            // All values below this bit are there already: each of them with the bit added is one xor more.
            var part = table.AsSpan(bit / 8 * 256, 256);
            var weight = 1 << (bit % 8);
            for (var value = 0; value < weight; value++)
            {
                part[weight + value] = part[value] ^ moved;
            }
        }

        return table;
    }
}
