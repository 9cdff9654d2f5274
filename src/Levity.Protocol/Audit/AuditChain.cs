using System.Text;
using System.Text.Json;

namespace Levity.Protocol.Audit;

/// <summary>
/// Follows the records of an audit log, over as many files as there are: each has the number after the one before, and a
/// hash that includes the hash before. Where a file begins, the first record repeats that hash (<c>"previous"</c>), so
/// that a chain can also be followed from there.
/// </summary>
public sealed class AuditChain
{
    private byte[]? _hash;

    /// <summary>The number of the first record; 0 while there is none.</summary>
    public long First { get; private set; }

    /// <summary>The number of the last record; 0 while there is none.</summary>
    public long Last { get; private set; }

    /// <summary>The hash of the last record.</summary>
    public ReadOnlySpan<byte> Hash => _hash is null ? AuditLine.NoHash : _hash;

    /// <summary>What levityd has found wrong with what is before the last record, when that one says so.</summary>
    public string? Broken { get; private set; }

    /// <summary>A hash to look for.</summary>
    public byte[]? Wanted { get; init; }

    /// <summary>Whether one of the records had it.</summary>
    public bool HasWanted { get; private set; }

    /// <summary>The number of the record in a line, whatever its hash is; null when it is none.</summary>
    public static long? NumberOf(ReadOnlySpan<byte> line) => Head.Of(line)?.Sequence;

    /// <summary>Takes the next line, without its newline.</summary>
    /// <returns>What is wrong with it; null when it belongs there.</returns>
    public string? Follow(ReadOnlySpan<byte> line)
    {
        if (!AuditLine.TrySplit(line, out var record, out var hash) || Head.Of(line) is not { } head)
        {
            return "it is no record of an audit log";
        }

        if (_hash is null && head.Previous is null)
        {
            return $"it is record {head.Sequence}, and begins no file: what was before it is missing";
        }

        if (_hash is not null && head.Sequence != Last + 1)
        {
            return $"it is record {head.Sequence}, and {Last + 1} should be here: something was removed, inserted or moved";
        }

        if (head.Previous is { } named && _hash is not null && !_hash.AsSpan().SequenceEqual(named))
        {
            return $"it begins a file that does not go on from record {Last}";
        }

        var previous = _hash ?? head.Previous!;
        Span<byte> expected = stackalloc byte[AuditLine.HashLength];
        AuditLine.Hash([.. previous, .. record], expected);
        if (!expected.SequenceEqual(hash))
        {
            return "it does not have the hash that it should: it was changed, or what is before it";
        }

        (First, Last) = (First == 0 ? head.Sequence : First, head.Sequence);
        Broken = head.Broken;
        HasWanted |= Wanted is not null && hash.SequenceEqual(Wanted);
        hash.CopyTo(_hash ??= new byte[AuditLine.HashLength]);
        return null;
    }

    /// <summary>What of a record matters to the chain.</summary>
    private sealed record Head(long Sequence, byte[]? Previous, string? Broken)
    {
        public static Head? Of(ReadOnlySpan<byte> line)
        {
            var (sequence, previous, broken) = (0L, default(byte[]), default(string));
            try
            {
                var json = new Utf8JsonReader(line);
                while (json.Read())
                {
                    if (json is not { TokenType: JsonTokenType.PropertyName, CurrentDepth: 1 })
                    {
                        continue;
                    }

                    // Names are compared as they stand there: of a file of 16 MiB there are half a million, and levityd follows it
                    // when it starts.
                    if (json.ValueTextEquals("seq"u8))
                    {
                        json.Read();
                        sequence = json.GetInt64();
                    }
                    else if (json.ValueTextEquals("previous"u8))
                    {
                        json.Read();
                        previous = Encoding.UTF8.GetBytes(json.GetString() ?? "");
                    }
                    else if (json.ValueTextEquals("broken"u8))
                    {
                        json.Read();
                        broken = json.GetString();
                    }
                }
            }
            catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
            {
                return null;
            }

            return sequence > 0 && previous is null or { Length: AuditLine.HashLength }
                ? new Head(sequence, previous, broken)
                : null;
        }
    }
}
