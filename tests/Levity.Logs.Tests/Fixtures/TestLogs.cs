using System.Text;
using Levity.Logs.Format;

namespace Levity.Logs.Tests.Fixtures;

/// <summary>Logs as tests write, read and damage them.</summary>
internal static class TestLogs
{
    public const string FirstSegment = "0000000000000000.log";

    /// <summary>Appends text of one byte for each character.</summary>
    public static AppendOutcome Append(this LogWriter writer, LogStream stream, string text, long unixNs = 0) =>
        writer.Append(stream, Encoding.Latin1.GetBytes(text), unixNs);

    public static AppendOutcome Append(this LogWriter writer, LogStream stream, byte[] bytes, long unixNs = 0)
    {
        var buffer = new LogFrameBuffer();
        bytes.CopyTo(buffer.Payload);
        return writer.Append(buffer, stream, bytes.Length, unixNs);
    }

    public static LogReader Open(string directory, LogCursor from = default)
    {
        Assert.Equal(LogOpenOutcome.Opened, LogReader.Open(directory, from, out var reader));
        return reader!;
    }

    /// <summary>All that can be read, the last entry being why nothing more can.</summary>
    public static List<Entry> ReadAll(string directory, LogCursor from = default)
    {
        using var reader = Open(directory, from);
        return ReadAll(reader);
    }

    public static List<Entry> ReadAll(LogReader reader)
    {
        var entries = new List<Entry>();
        while (true)
        {
            var outcome = reader.ReadNext(out var frame);
            entries.Add(Entry.Of(outcome, frame));
            if (outcome is not (LogReadOutcome.Frame or LogReadOutcome.Gap))
            {
                return entries;
            }
        }
    }

    /// <summary>Makes a segment of some frames, as a writer does that turns to a new one.</summary>
    /// <returns>Where the next segment begins: the position and the bytes of output before it.</returns>
    public static (ulong Position, ulong OutputBytes) WriteSegment(
        string directory,
        (ulong Position, ulong OutputBytes) start,
        ulong key,
        params (FrameKind Kind, long UnixNs, byte[] Payload)[] frames)
    {
        var (position, output) = start;
        Directory.CreateDirectory(directory);
        using var file = File.Create(Path.Combine(directory, SegmentName.Of(position)));
        Span<byte> header = stackalloc byte[SegmentHeader.Length];
        new SegmentHeader(position, output, key).Write(header);
        file.Write(header);
        foreach (var (kind, unixNs, given) in frames)
        {
            var payload = kind == FrameKind.Turn ? BitConverter.GetBytes(output) : given;
            var frame = new byte[FrameFormat.Overhead + payload.Length];
            payload.CopyTo(frame.AsSpan(FrameFormat.HeaderLength));
            FrameFormat.Complete(frame, kind, unixNs, key, position);
            file.Write(frame);
            position += kind == FrameKind.Turn ? 0 : (ulong)frame.Length;
            output += OutputBytes.CountOf(kind, payload);
        }

        return (position, output);
    }

    /// <summary>Copies a log, its first segment with other bytes.</summary>
    public static void Copy(byte[] segment, string directory)
    {
        Directory.CreateDirectory(directory);
        File.WriteAllBytes(Path.Combine(directory, FirstSegment), segment);
    }
}
