using System.Buffers.Binary;
using Levity.Logs;
using Levity.Logs.Format;

namespace Levity.Fuzz.Targets;

/// <summary>
/// The segments of a log: what is read is in the files, where the cursor says; reading comes to an end; and after a
/// repair the same can be read, and more be written.
/// </summary>
/// <remarks>
/// The first byte: 1 makes the checksums right, since no input would get past the first one otherwise; 2 has two
/// segments, the length of the first in the next two bytes.
/// </remarks>
internal sealed class FrameTarget : IFuzzTarget
{
    private readonly WorkDirectory _directory = new();
    private readonly LogFrameBuffer _after = new();

    public FrameTarget() => "after"u8.CopyTo(_after.Payload);

    public void Take(byte[] input)
    {
        if (input.Length < 3)
        {
            return;
        }

        var log = _directory["log"];
        LogDirectory.Delete(log);
        Directory.CreateDirectory(log);
        var segments = Segments(input);
        foreach (var (position, bytes) in segments)
        {
            File.WriteAllBytes(Path.Combine(log, SegmentName.Of(position)), bytes);
        }

        var before = Read(log, segments, LogCursor.Start);
        LogSeal.TryRead(log, out _);
        ReadLines(log, input[1]);
        foreach (var entry in before.SkipLast(1))
        {
            Promise.Require(
                LogReader.Open(log, entry.Next, out var reader) == LogOpenOutcome.Opened, "a cursor that was given out");
            reader!.Dispose();
        }

        Repair(log, before);
    }

    public void Dispose() => _directory.Dispose();

    private static SortedList<ulong, byte[]> Segments(byte[] input)
    {
        var end = 0ul;
        var rest = input.AsSpan(1);
        var segments = new SortedList<ulong, byte[]>();
        if ((input[0] & 2) != 0)
        {
            var length = Math.Min(BinaryPrimitives.ReadUInt16LittleEndian(rest), rest.Length - 2);
            Add(rest.Slice(2, length).ToArray());
            rest = rest[(2 + length)..];
        }

        Add(rest.ToArray());
        return segments;

        void Add(byte[] bytes)
        {
            (var start, end) = (input[0] & 1) != 0 ? Checksums.Correct(bytes, earliest: end) : default;
            segments[start] = bytes;
        }
    }

    private static List<Found> Read(string log, SortedList<ulong, byte[]>? segments, LogCursor from)
    {
        var found = new List<Found>();
        if (LogReader.Open(log, from, out var reader) != LogOpenOutcome.Opened)
        {
            return [new Found(LogReadOutcome.Corrupt)];
        }

        using (reader)
        {
            while (true)
            {
                var outcome = reader!.ReadNext(out var frame);
                found.Add(new Found(outcome, frame.Stream, frame.UnixNs, Convert.ToHexString(frame.Payload.Span), frame.Next));
                if (outcome is not (LogReadOutcome.Frame or LogReadOutcome.Gap))
                {
                    return found;
                }

                Promise.Require(found.Count < 100_000, "reading comes to no end");
                if (outcome == LogReadOutcome.Frame && segments is not null)
                {
                    RequireWritten(segments, frame);
                }
            }
        }
    }

    private static void RequireWritten(SortedList<ulong, byte[]> segments, LogFrame frame)
    {
        var start = frame.Next.Position - (ulong)(frame.Payload.Length + FrameFormat.Overhead);
        var (position, bytes) = segments.Last(segment => segment.Key <= start);
        var written = bytes.AsSpan(SegmentHeader.Length + (int)(start - position));
        Promise.Require(
            written.Slice(FrameFormat.HeaderLength, frame.Payload.Length).SequenceEqual(frame.Payload.Span),
            "bytes that nobody has written");
        Promise.Require(written[7] == (byte)frame.Stream, "another stream than was written to");
    }

    private static void ReadLines(string log, byte lines)
    {
        try
        {
            LogReader.OpenAtLines(log, lines, (_, _) => true, out var reader);
            reader?.Dispose();
        }
        catch (InvalidDataException)
        {
            // Damage is told.
        }
    }

    private void Repair(string log, List<Found> before)
    {
        try
        {
            using var writer = LogWriter.Reopen(log);
            if (!writer.IsSealed)
            {
                Promise.Require(writer.Append(_after, LogStream.Stderr, 5, 7).Succeeded, "nothing can be appended");
            }
        }
        catch (InvalidDataException)
        {
            Promise.Require(before[^1].Outcome is LogReadOutcome.Corrupt or LogReadOutcome.Sealed, "refused without damage");
            return;
        }

        var after = Read(log, segments: null, LogCursor.Start);
        Promise.Require(
            Frames(after).Take(Frames(before).Count()).SequenceEqual(Frames(before)), "a frame is gone, or another one");
        Promise.Require(
            before[^1].Outcome != LogReadOutcome.AtEnd || Frames(after).Last().Payload == "6166746572",
            "what was written after a repair cannot be read");
    }

    private static IEnumerable<Found> Frames(IEnumerable<Found> found) =>
        found.Where(entry => entry.Outcome == LogReadOutcome.Frame);

    private sealed record Found(
        LogReadOutcome Outcome,
        LogStream Stream = default,
        long UnixNs = 0,
        string Payload = "",
        LogCursor Next = default);
}
