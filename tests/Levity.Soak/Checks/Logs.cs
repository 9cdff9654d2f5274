using Levity.Protocol;
using Levity.Soak.Load;
using Levity.Soak.Reporting;

namespace Levity.Soak.Checks;

/// <summary>Whether a log has what the errand has written, byte for byte: I4.</summary>
internal static class Logs
{
    // More than any errand writes: a log whose task was lost is compared with the beginning of what it would have been.
    private const int MostLines = 5_000;

    /// <param name="tally">Gets what is wrong.</param>
    /// <param name="entry">Whose log it is.</param>
    /// <param name="log">All of it.</param>
    /// <param name="lines">How many lines it has written; null when it was lost, and some may be missing at the end.</param>
    public static void Check(Tally tally, Entry entry, FetchLogsResponse log, int? lines)
    {
        // A frame that was being written when its writer died is cut off; how long it was, nobody knows.
        if (log.Gaps.Any(gap => lines is not null || gap.MissingBytes > 0))
        {
            tally.Violation("I4", $"{entry.Errand}, {entry.Id}: a gap in the log: {log.Gaps[0]}");
        }

        Check(tally, entry, "out", log.Stdout.Span, lines);
        Check(tally, entry, "err", log.Stderr.Span, lines);
    }

    /// <summary>What is there and what is said to be missing is together what was written.</summary>
    public static void CheckSum(Tally tally, Entry entry, FetchLogsResponse log, int lines)
    {
        var there = log.Stdout.Length + log.Stderr.Length;
        var missing = log.Gaps.Sum(gap => (long)gap.MissingBytes);
        var written = entry.Errand.Output("out", lines).Length + entry.Errand.Output("err", lines).Length;
        tally.Compared(there);
        if (there + missing != written)
        {
            tally.Violation(
                "I4", $"{entry.Errand}, {entry.Id}: {there} bytes and {missing} in gaps, {written} were written");
        }
    }

    private static void Check(Tally tally, Entry entry, string stream, ReadOnlySpan<byte> kept, int? lines)
    {
        tally.Compared(kept.Length);
        var written = entry.Errand.Output(stream, lines ?? Math.Min(MostLines, kept.Count((byte)'\n') + 1)).AsSpan();
        var right = lines is null ? written.StartsWith(kept) : written.SequenceEqual(kept);
        if (!right)
        {
            tally.Violation(
                "I4",
                $"{entry.Errand}, {entry.Id}: {kept.Length} bytes of std{stream}, {written.Length} written; they differ at "
                + $"{kept.CommonPrefixLength(written)}");
        }
    }
}
