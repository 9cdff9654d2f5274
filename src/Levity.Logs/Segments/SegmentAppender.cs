using Levity.Linux;
using Levity.Logs.Format;

namespace Levity.Logs.Segments;

/// <summary>
/// Appends frames to the last segment of a log. The file ends in a whole frame whenever nobody is writing: a frame that
/// found no room is cut off before anything else is written. Whole frames are never taken back, because a reader may
/// have passed them already.
/// </summary>
internal sealed class SegmentAppender : IDisposable
{
    private readonly string _directory;
    private readonly ulong _key;

    // Null while released.
    private Segment? _segment;

    // The file may have something behind the end.
    private bool _isTorn;

    public SegmentAppender(string directory, Segment segment, ulong end)
    {
        _directory = directory;
        Base = segment.Base;
        _key = segment.Key;
        _segment = segment;
        End = end;
    }

    /// <summary>The position of the first frame.</summary>
    public ulong Base { get; }

    /// <summary>The position behind the last frame; a turn has none behind it.</summary>
    public ulong End { get; private set; }

    /// <summary>Appends a frame whose payload is in its place: 0, or the errno and nothing is appended.</summary>
    public int Append(Span<byte> frame, FrameKind kind, long unixNs)
    {
        var errno = Open();
        if (_segment is not { } segment)
        {
            return errno;
        }

        errno = Mend(segment);
        if (errno != 0)
        {
            return errno;
        }

        FrameFormat.Complete(frame, kind, unixNs, _key, End);
        segment.File.WriteAt(segment.OffsetOf(End), frame, out errno);
        if (errno == 0)
        {
            End += kind == FrameKind.Turn ? 0 : (ulong)frame.Length;
            return 0;
        }

        // If this fails too it is done before the next frame. Until then readers see a frame that is not all there.
        _isTorn = true;
        _ = Mend(segment);
        return errno;
    }

    /// <summary>Closes the file until the next append.</summary>
    public void Release()
    {
        _segment?.Dispose();
        _segment = null;
    }

    public void Dispose() => Release();

    /// <summary>Cuts off what may be behind the end: 0 or the errno.</summary>
    private int Mend(Segment segment)
    {
        var errno = _isTorn ? segment.File.SetLength(segment.OffsetOf(End)) : 0;
        _isTorn = errno != 0;
        return errno;
    }

    /// <summary>Opens the file unless it is open: 0 or the errno.</summary>
    private int Open()
    {
        if (_segment is not null)
        {
            return 0;
        }

        try
        {
            using var directory = LinuxDirectory.TryOpen(_directory);
            var state = HeaderState.Incomplete;
            if (directory is not null)
            {
                state = Segment.TryOpen(directory, Base, writable: true, out _segment);
            }

            if (state == HeaderState.Incomplete)
            {
                return Errno.ENOENT;
            }

            if (_segment?.Key == _key)
            {
                return 0;
            }

            // Not the file that was closed.
            Release();
            return Errno.EIO;
        }
        catch (LinuxException e)
        {
            return e.Number;
        }
    }
}
