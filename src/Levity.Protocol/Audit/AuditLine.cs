using System.Security.Cryptography;

namespace Levity.Protocol.Audit;

/// <summary>
/// One line of an audit log: a JSON object whose last member is the hash. It is SHA-256, in lower-case hex, over the
/// hash before it (as text) and the line up to the comma in front of <c>"hash"</c>.
/// </summary>
public static class AuditLine
{
    /// <summary>In characters, or bytes.</summary>
    public const int HashLength = 2 * SHA256.HashSizeInBytes;

    /// <summary>What stands in for the hash before the very first record.</summary>
    public static ReadOnlySpan<byte> NoHash => "0000000000000000000000000000000000000000000000000000000000000000"u8;

    /// <summary>Between the record and its hash.</summary>
    public static ReadOnlySpan<byte> Mark => ",\"hash\":\""u8;

    /// <summary>Behind the hash.</summary>
    public static ReadOnlySpan<byte> End => "\"}"u8;

    /// <summary>Makes the hash of a record that stands behind the hash before it.</summary>
    public static void Hash(ReadOnlySpan<byte> previousAndRecord, Span<byte> hash)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(previousAndRecord, digest);
        Convert.TryToHexStringLower(digest, hash, out _);
    }

    /// <summary>Takes a line without its newline apart; false when it has another form.</summary>
    public static bool TrySplit(ReadOnlySpan<byte> line, out ReadOnlySpan<byte> record, out ReadOnlySpan<byte> hash)
    {
        var length = line.Length - Mark.Length - HashLength - End.Length;
        record = hash = default;
        if (length <= 0 || !line[length..].StartsWith(Mark) || !line.EndsWith(End))
        {
            return false;
        }

        record = line[..length];
        hash = line.Slice(length + Mark.Length, HashLength);
        return true;
    }
}
