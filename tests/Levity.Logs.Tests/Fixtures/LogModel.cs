using System.Globalization;
using System.Text;
using Levity.Logs.Format;

namespace Levity.Logs.Tests.Fixtures;

/// <summary>
/// What a log is to have: all that was ever written and not cut off. How much of it was dropped is taken from the names
/// of its segments.
/// </summary>
internal sealed class LogModel(string directory)
{
    private readonly List<Entry> _entries = [];

    // Where the gaps end that are no frames: what a segment lacks at its end.
    private readonly HashSet<LogCursor> _lostTails = [];

    public IReadOnlyList<Entry> Entries => _entries;

    public LogCursor End => CursorAt(_entries.Count);

    public List<ulong> Segments => [.. Directory.EnumerateFiles(directory)
        .Select(file => ulong.Parse(
            Path.GetFileNameWithoutExtension(file), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture))
        .Order()];

    private ulong Kept => Segments[0];

    public void Add(Entry entry) => _entries.Add(entry);

    public LogCursor CursorAt(int index) => index == 0 ? LogCursor.Start : _entries[index - 1].Next;

    /// <summary>
    /// What was read from this entry on, to the end. A reader may have been given more than is kept now, but never
    /// misses anything without being told how much.
    /// </summary>
    public void AssertRead(List<Entry> read, int from, bool knowsBefore)
    {
        foreach (var entry in read.SkipLast(1))
        {
            if (entry is { Outcome: LogReadOutcome.Gap, Reason: LogGapReason.Removed })
            {
                var to = _entries.FindIndex(from, next => next.Next.Position > entry.Next.Position);
                var missing = _entries[from..(to == -1 ? _entries.Count : to)];
                Assert.NotEmpty(missing);
                Assert.Equal(entry.Next, missing[^1].Next);
                Assert.Equal(knowsBefore ? (ulong)missing.Sum(OutputOf) : 0, entry.Missing);
                from += missing.Count;
            }
            else
            {
                Assert.Equal(_entries[from], entry with { UnixNs = _entries[from].UnixNs });
                from++;
            }

            knowsBefore = knowsBefore || entry.Outcome == LogReadOutcome.Gap;
        }

        Assert.Equal(_entries.Count, from);
        Assert.True(read[^1].Outcome is LogReadOutcome.AtEnd or LogReadOutcome.Sealed);
    }

    /// <summary>The last lines are those at the end of all that is kept of the stream.</summary>
    public void AssertLines(ulong lines, LogStream stream)
    {
        var kept = _entries.Where(entry => entry.Next.Position > Kept && entry.Stream == stream);
        var text = string.Concat(kept.Select(entry => entry.Payload));
        var start = text.Length;
        for (var line = 0ul; line < lines && start > 0; line++)
        {
            start = start < 2 ? 0 : text.LastIndexOf('\n', start - 2) + 1;
        }

        Assert.Equal(
            LogOpenOutcome.Opened, LogReader.OpenAtLines(directory, lines, (of, _) => of == stream, out var reader));
        using (reader)
        {
            var read = TestLogs.ReadAll(reader!).Where(entry => entry.Stream == stream).Select(entry => entry.Payload);
            Assert.Equal(text[start..], string.Concat(read));
        }
    }

    public void AssertWithin(LogQuota quota, int lastFrame)
    {
        if (quota.Bytes > 0 && Segments.Count > 1)
        {
            var length = Directory.EnumerateFiles(directory).Sum(file => new FileInfo(file).Length);
            Assert.InRange(length, 0, Math.Max((long)quota.Bytes, lastFrame + 2000));
        }
    }

    /// <summary>Cuts bytes off the end of a segment: how many will have to be cut off by who reopens it.</summary>
    public long Cut(ulong segment, int bytes)
    {
        var name = Path.Combine(directory, SegmentName.Of(segment));
        var isLast = segment == Segments[^1];

        // Without the header of the only one nobody knows what came before it: that is another test's.
        var canLoseHeader = isLast && (segment == 0 || Segments.Count > 1);
        var length = Math.Max(canLoseHeader ? 0 : SegmentHeader.Length, new FileInfo(name).Length - bytes);
        using (var file = File.OpenWrite(name))
        {
            file.SetLength(length);
        }

        var end = segment + (ulong)Math.Max(0, length - SegmentHeader.Length);
        var next = isLast ? ulong.MaxValue : Segments.First(position => position > segment);
        var first = _entries.FindIndex(entry => entry.Next.Position > end);
        var count = first == -1 ? 0 : _entries.Skip(first).TakeWhile(entry => entry.Next.Position <= next).Count();
        var lost = count == 0 ? [] : _entries[first..(first + count)];
        _entries.RemoveRange(Math.Max(0, first), lost.Count);
        if (lost.Count > 0 && !isLast)
        {
            _lostTails.Add(lost[^1].Next);
            _entries.Insert(first, new Entry(LogReadOutcome.Gap)
            {
                Missing = (ulong)lost.Sum(OutputOf),
                Reason = LogGapReason.WriterDied,
                Next = lost[^1].Next,
            });
        }

        if (isLast && length < SegmentHeader.Length && _lostTails.Remove(End))
        {
            // The log goes on in the segment before, where that ends.
            _entries.RemoveAt(_entries.Count - 1);
        }

        return isLast ? (long)(end - End.Position) : 0;
    }

    private static long OutputOf(Entry entry) => Encoding.Latin1.GetByteCount(entry.Payload) + (long)entry.Missing;
}
