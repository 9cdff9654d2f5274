using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;

namespace Levity.Daemon.Registry.Sqlite;

/// <summary>
/// A checksum over all columns of a row but <c>asked_at</c>. SQLite has none: a flipped bit in <c>owner</c> would give
/// the task to somebody else. What is stored is this, exclusive-or asked_at: so a row can be touched without being read,
/// and a bit that flips in either is seen all the same.
/// </summary>
internal static class RowChecksum
{
    private const long Null = long.MinValue;
    private const int ShortText = 256;

    // One for each thread that reads or makes rows, for there are many of them at the start of levityd.
    [ThreadStatic]
    private static XxHash64? _hash;

    public static long Of(RegistryRow row)
    {
        var hash = _hash ??= new XxHash64();
        hash.Reset();
        AddBytes(hash, row.Id);
        AddText(hash, row.Owner);
        AddNumber(hash, row.CreatedAt);
        AddBytes(hash, row.Request);
        AddNumber(hash, row.State);
        AddNumber(hash, row.ExitCode ?? Null);
        AddBytes(hash, row.Ending);
        AddText(hash, row.RequestKey);
        AddText(hash, row.BootId);
        if (row.Details is { } details)
        {
            // Rows of schema 2 had no such column: without it, their checksums are what they were.
            AddBytes(hash, details);
        }

        return (long)hash.GetCurrentHashAsUInt64();
    }

    private static void AddText(XxHash64 hash, string? text)
    {
        if (text is null || Encoding.UTF8.GetMaxByteCount(text.Length) > ShortText)
        {
            AddBytes(hash, text is null ? null : Encoding.UTF8.GetBytes(text));
            return;
        }

        Span<byte> bytes = stackalloc byte[ShortText];
        var length = Encoding.UTF8.GetBytes(text, bytes);
        AddNumber(hash, length);
        hash.Append(bytes[..length]);
    }

    // The length before the bytes: what moves from one column to the next is a change too.
    private static void AddBytes(XxHash64 hash, byte[]? bytes)
    {
        AddNumber(hash, bytes?.Length ?? Null);
        hash.Append(bytes.AsSpan());
    }

    private static void AddNumber(XxHash64 hash, long number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        hash.Append(bytes);
    }
}
