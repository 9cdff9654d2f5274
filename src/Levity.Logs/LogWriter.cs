using Levity.Linux;
using Levity.Logs.Format;
using Levity.Logs.Segments;

namespace Levity.Logs;

/// <summary>
/// The one writer of one log. What it has appended survives the death of this process at once, and that of the machine
/// as soon as the kernel has written it back. Not safe for use by two threads at a time.
/// </summary>
public sealed class LogWriter : IDisposable
{
    private readonly string _directory;
    private readonly SegmentAppender _frames;

    // Gaps that readers are still to be told of.
    private bool _owesCut;
    private ulong _owedBytes;

    private LogWriter(string directory, Segment segment, ulong end)
    {
        _directory = directory;
        _frames = new SegmentAppender(directory, segment, end);
        End = new LogCursor(end);
    }

    /// <summary>The cursor behind the last frame; of a sealed log, that of the seal.</summary>
    public LogCursor End { get; private set; }

    /// <summary>Nothing can be appended any more.</summary>
    public bool IsSealed { get; private set; }

    /// <summary>How many bytes <see cref="Reopen"/> has cut off, because they were no whole frame.</summary>
    public long CutBytes { get; private init; }

    /// <summary>Bytes of output that this writer was given and could not write.</summary>
    public ulong LostBytes { get; private set; }

    /// <summary>What the next writer has to be told; the rest it finds in the file.</summary>
    public LogDebt Debt => new(LostBytes, _owedBytes);

    /// <summary>Makes a log: a directory of mode 0700 with one segment of mode 0600.</summary>
    /// <exception cref="LinuxException">mkdir(2), openat(2), pwrite(2): EEXIST when there is something of that name,
    /// ENOSPC …; nothing is left behind.</exception>
    public static LogWriter Create(string directory)
    {
        using var place = LinuxDirectory.Create(directory);
        try
        {
            return new LogWriter(directory, Segment.Create(place, 0), end: 0);
        }
        catch (LinuxException)
        {
            LinuxDirectory.Remove(directory);
            throw;
        }
    }

    /// <summary>
    /// Goes on with a log whose writer has died. Whatever is no whole frame at its end is cut off, which readers are
    /// told by a gap before the next frame. The log may turn out to be sealed.
    /// </summary>
    /// <exception cref="LinuxException">openat(2), ftruncate(2): ENOENT when there is no log, ENOTDIR or ELOOP for a
    /// link, EIO …</exception>
    /// <exception cref="InvalidDataException">Not a log, or one of a newer format.</exception>
    public static LogWriter Reopen(string directory)
    {
        using var place = LinuxDirectory.TryOpen(directory)
            ?? throw new LinuxException("open", Errno.ENOENT, directory);
        var last = Segment.List(place).LastOrDefault();
        switch (Segment.TryOpen(place, last, writable: true, out var segment))
        {
            case HeaderState.Whole:
                return Resume(place, segment!);
            case HeaderState.Incomplete:
                // Its writer died before the first frame.
                place.Unlink(SegmentName.Of(last));
                return new LogWriter(directory, Segment.Create(place, last), last);
            case HeaderState.UnknownVersion:
                throw new InvalidDataException(
                    $"'{directory}' is a log of another format version than {SegmentHeader.Version}");
            default:
                throw new InvalidDataException($"'{directory}/{SegmentName.Of(last)}' does not begin as a log does");
        }
    }

    /// <summary>
    /// Goes on with a log whose writer has not died, but has left it to another program.
    /// </summary>
    /// <inheritdoc cref="Reopen"/>
    public static LogWriter Continue(string directory, LogDebt debt)
    {
        var writer = Reopen(directory);
        writer.LostBytes = debt.LostBytes;
        writer._owedBytes = debt.OwedBytes;
        writer._owesCut = false;
        return writer;
    }

    /// <summary>
    /// Appends the first <paramref name="count"/> bytes of the buffer's payload as one frame. When that fails they are
    /// lost and counted, and the next frame that can be written is preceded by a gap that tells how many.
    /// </summary>
    /// <param name="buffer">The payload; see <see cref="LogFrameBuffer.Payload"/>.</param>
    /// <param name="stream">What the task wrote to.</param>
    /// <param name="count">From 0, which appends nothing, to <see cref="LogFrameBuffer.MaxPayload"/>.</param>
    /// <param name="unixNs">When it arrived, in nanoseconds since 1970.</param>
    public AppendOutcome Append(LogFrameBuffer buffer, LogStream stream, int count, long unixNs)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan((int)stream, (int)LogStream.Stdout, nameof(stream));
        ArgumentOutOfRangeException.ThrowIfGreaterThan((int)stream, (int)LogStream.Stderr, nameof(stream));
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, LogFrameBuffer.MaxPayload);
        ThrowIfSealed();
        if (count == 0)
        {
            return default;
        }

        var outcome = Write(buffer.Frame(count), (FrameKind)stream, unixNs);
        if (!outcome.Succeeded)
        {
            _owedBytes += (ulong)count;
            LostBytes += (ulong)count;
        }

        return outcome;
    }

    /// <summary>
    /// Ends the log with a last frame and closes the file. When that fails the log is not sealed, and this may be tried
    /// again.
    /// </summary>
    /// <param name="unixNs">When the task ended, in nanoseconds since 1970.</param>
    /// <param name="ending">How it ended, for <see cref="LogSeal.TryRead"/>; at most
    /// <see cref="LogFrameBuffer.MaxPayload"/> bytes.</param>
    public AppendOutcome Seal(long unixNs, ReadOnlySpan<byte> ending)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ending.Length, LogFrameBuffer.MaxPayload);
        ThrowIfSealed();
        var frame = new byte[FrameFormat.Overhead + ending.Length];
        ending.CopyTo(frame.AsSpan(FrameFormat.HeaderLength));
        var outcome = Write(frame, FrameKind.Seal, unixNs);
        if (outcome.Succeeded)
        {
            IsSealed = true;
            ReleaseFile();
        }

        return outcome;
    }

    /// <summary>Closes the file until the next append, so that the log of an idle task holds no descriptor.</summary>
    public void ReleaseFile() => _frames.Release();

    public void Dispose() => _frames.Dispose();

    private static LogWriter Resume(LinuxDirectory place, Segment segment)
    {
        var end = SegmentRepair.FindEnd(segment, out var last);
        var cut = segment.FileEnd - end;
        var errno = cut == 0 ? 0 : segment.File.SetLength(segment.OffsetOf(end));
        if (errno != 0)
        {
            segment.Dispose();
            throw new LinuxException("ftruncate", errno, segment.File.Path);
        }

        var isSealed = last is { Kind: FrameKind.Seal };
        if (last is { Kind: FrameKind.Seal or FrameKind.Turn } final)
        {
            // Neither has a cursor behind it.
            end -= (ulong)final.Length;
        }

        if (last is { Kind: FrameKind.Turn })
        {
            // Its writer died between the two segments.
            segment.Dispose();
            segment = Segment.Create(place, end);
        }

        var writer = new LogWriter(place.Path, segment, end)
        {
            IsSealed = isSealed,
            CutBytes = (long)cut,
            _owesCut = cut > 0,
        };
        if (isSealed)
        {
            writer.ReleaseFile();
        }

        return writer;
    }

    private void ThrowIfSealed()
    {
        if (IsSealed)
        {
            throw new InvalidOperationException($"The log '{_directory}' is sealed");
        }
    }

    /// <summary>Writes a frame, preceded by what readers must know first.</summary>
    private AppendOutcome Write(Span<byte> frame, FrameKind kind, long unixNs)
    {
        var errno = 0;
        if (_owesCut)
        {
            errno = WriteGap(missing: 0, LogGapReason.WriterDied, unixNs);
            _owesCut = errno != 0;
        }

        if (errno == 0 && _owedBytes > 0)
        {
            errno = WriteGap(_owedBytes, LogGapReason.NotWritten, unixNs);
            _owedBytes = errno == 0 ? 0 : _owedBytes;
        }

        var end = _frames.End;
        if (errno == 0)
        {
            errno = _frames.Append(frame, kind, unixNs);
        }

        // Behind the gaps in any case; a seal has no cursor behind it.
        End = new LogCursor(kind == FrameKind.Seal ? end : _frames.End);
        return new AppendOutcome(errno);
    }

    private int WriteGap(ulong missing, LogGapReason reason, long unixNs)
    {
        Span<byte> frame = stackalloc byte[FrameFormat.Overhead + GapPayload.Length];
        GapPayload.Write(frame[FrameFormat.HeaderLength..], missing, reason);
        return _frames.Append(frame, FrameKind.Gap, unixNs);
    }
}
