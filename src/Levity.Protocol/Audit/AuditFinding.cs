namespace Levity.Protocol.Audit;

/// <summary>What was found in one file of an audit log.</summary>
/// <param name="First">The number of its first record; 0 when there is none.</param>
/// <param name="Lines">How many lines of it are good.</param>
/// <param name="End">Where the last of them ends.</param>
/// <param name="Torn">How many bytes are behind that and make no line.</param>
public sealed record AuditFinding(long First, long Lines, long End, long Torn)
{
    /// <summary>More than any record of levityd's, in bytes.</summary>
    public const int LongestLine = 64 * 1024;

    /// <summary>What is wrong with the line after the good ones; null when all are.</summary>
    public string? Problem { get; init; }

    /// <summary>What levityd has found wrong before it began this file; null when nothing was.</summary>
    public string? Broken { get; init; }

    /// <summary>Reads at an offset, as pread(2) does: fewer bytes than there is room for only at the end.</summary>
    public delegate int Source(long offset, Span<byte> room);

    /// <summary>Follows the chain through a file, as far as it is sound.</summary>
    public static AuditFinding In(Source file, AuditChain chain)
    {
        var buffer = new byte[LongestLine];
        var (first, lines, end) = (0L, 0L, 0L);
        var broken = default(string);
        while (true)
        {
            var content = buffer.AsSpan(0, file(end, buffer));
            var used = 0;
            while (content[used..].IndexOf((byte)'\n') is var length and >= 0)
            {
                if (chain.Follow(content.Slice(used, length)) is { } problem)
                {
                    return new AuditFinding(first, lines, end, 0) { Problem = problem, Broken = broken };
                }

                first = first == 0 ? chain.Last : first;
                broken ??= chain.Broken;
                lines++;
                used += length + 1;
                end += length + 1;
            }

            if (content.Length < buffer.Length)
            {
                return new AuditFinding(first, lines, end, content.Length - used) { Broken = broken };
            }

            if (used == 0)
            {
                return new AuditFinding(first, lines, end, 0) { Problem = "it is longer than any record", Broken = broken };
            }
        }
    }
}
