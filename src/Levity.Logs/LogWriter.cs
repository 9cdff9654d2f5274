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
    private readonly SegmentChain _frames;

    // Gaps that readers are still to be told of.
    private bool _owesCut;
    private ulong _owedBytes;

    private LogWriter(string directory, SegmentChain frames, LogQuota quota)
    {
        Quota = quota;
        _directory = directory;
        _frames = frames;
        End = new LogCursor(frames.End);
    }

    /// <summary>The cursor behind the last frame; of a sealed log, that of the seal.</summary>
    public LogCursor End { get; private set; }

    /// <summary>Nothing can be appended any more.</summary>
    public bool IsSealed { get; private set; }

    /// <summary>How many bytes <see cref="Reopen"/> has cut off, because they were no whole frame.</summary>
    public long CutBytes { get; private init; }

    /// <summary>Bytes of output that this writer was given and could not write.</summary>
    public ulong LostBytes { get; private set; }

    public LogQuota Quota { get; }

    /// <summary>What the next writer has to be told; the rest it finds in the file.</summary>
    public LogDebt Debt => new(LostBytes, _owedBytes);

    /// <summary>Makes a log: a directory of mode 0700 with one segment of mode 0600.</summary>
    /// <exception cref="LinuxException">mkdir(2), openat(2), pwrite(2): EEXIST when there is something of that name,
    /// ENOSPC …; nothing is left behind.</exception>
    public static LogWriter Create(string directory, LogQuota quota = default)
    {
        using var place = LinuxDirectory.Create(directory);
        try
        {
            var first = Segment.Create(place, 0, outputBytes: 0);
            var frames = new SegmentChain(directory, quota, [], first, end: 0, outputBytes: 0);
            return new LogWriter(directory, frames, quota);
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
    public static LogWriter Reopen(string directory, LogQuota quota = default)
    {
        using var place = LinuxDirectory.TryOpen(directory)
            ?? throw new LinuxException("open", Errno.ENOENT, directory);
        var log = LogRepair.Reopen(place, quota);
        var writer = new LogWriter(directory, log.Chain, quota)
        {
            End = new LogCursor(log.End),
            IsSealed = log.IsSealed,
            CutBytes = (long)log.CutBytes,
            _owesCut = log.CutBytes > 0,
        };
        if (log.IsSealed)
        {
            writer.ReleaseFile();
        }

        return writer;
    }

    /// <summary>
    /// Goes on with a log whose writer has not died, but has left it to another program.
    /// </summary>
    /// <inheritdoc cref="Reopen"/>
    public static LogWriter Continue(string directory, LogQuota quota, LogDebt debt)
    {
        var writer = Reopen(directory, quota);
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
