using System.Buffers;
using Levity.Logs.Format;

namespace Levity.Logs.Segments;

/// <summary>
/// Reads the frames of one segment in order, ahead in blocks, while the writer goes on writing.
/// </summary>
/// <remarks>
/// What is behind the last whole frame may change: it is a frame that is being written, or one that found no room and
/// is about to be cut off, to be followed by another in the same place. So what is no frame is not believed before it
/// has been read again, and none of it is kept once there is nothing more to read.
/// </remarks>
internal sealed class SegmentReader(Segment segment, ulong position) : IDisposable
{
    // A reader that follows gets little at a time, and there may be a thousand of them: the block begins small and is
    // doubled as long as it comes back full.
    private const int SmallestBlock = 16 * 1024;
    private const int LargestBlock = 512 * 1024;
    private const int Attempts = 3;

    private byte[]? _buffer;
    private int _start;
    private int _count;
    private int _block = SmallestBlock;

    /// <summary>Where <see cref="Read"/> reads; always the beginning of a frame.</summary>
    public ulong Position { get; private set; } = position;

    private ReadOnlyMemory<byte> Buffered => _buffer.AsMemory(_start, _count);

    /// <summary>Reads the frame at the position and stays there, so that it can be read again.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="payload">Good until the next call.</param>
    /// <returns>Incomplete when no whole frame is there yet, Broken when none ever will be.</returns>
    public FrameState Read(out Frame frame, out ReadOnlyMemory<byte> payload)
    {
        payload = default;
        var attempt = 1;
        while (true)
        {
            var state = FrameFormat.Read(Buffered.Span, segment.Key, Position, out frame);
            if (state == FrameState.Whole)
            {
                payload = Buffered[FrameFormat.HeaderLength..(frame.Length - FrameFormat.TrailerLength)];
                return state;
            }

            if (state == FrameState.Incomplete && Fill(frame.Length))
            {
                continue;
            }

            var isEmpty = _count == 0;
            Release();
            if (isEmpty || !IsFollowed(state, frame))
            {
                return FrameState.Incomplete;
            }

            if (attempt++ == Attempts)
            {
                return FrameState.Broken;
            }
        }
    }

    /// <summary>Goes on behind the frame that has just been read.</summary>
    public void Pass(Frame frame)
    {
        _start += frame.Length;
        _count -= frame.Length;
        Position += (ulong)frame.Length;
    }

    /// <summary>Gives the buffer back until the next <see cref="Read"/>.</summary>
    public void Release()
    {
        if (_buffer is not null)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }

        _buffer = null;
        _start = 0;
        _count = 0;
        _block = SmallestBlock;
    }

    public void Dispose() => Release();

    /// <summary>
    /// Whether what is no whole frame has something behind it, which the writer never lets happen. A frame that is not
    /// all there reaches beyond the end of the file, unless its length is wrong: then the file ends in a whole frame.
    /// </summary>
    private bool IsFollowed(FrameState state, Frame frame)
    {
        var end = segment.FileEnd;
        return state == FrameState.Broken
            ? end > Position + (ulong)Math.Max(frame.Length, FrameFormat.HeaderLength)
            : end > Position && segment.TryReadBefore(end, out _);
    }

    /// <summary>Reads on; false when there is no more.</summary>
    private bool Fill(int frameLength)
    {
        MakeRoom(Math.Max(_block, frameLength));
        var room = _buffer.AsSpan(_count);
        var count = segment.File.ReadAt(segment.OffsetOf(Position) + _count, room);
        if (count == room.Length)
        {
            _block = Math.Min(_block * 2, LargestBlock);
        }

        _count += count;
        return count > 0;
    }

    private void MakeRoom(int size)
    {
        var old = _buffer;
        if (old is null || old.Length < size)
        {
            _buffer = ArrayPool<byte>.Shared.Rent(size);
        }

        old.AsSpan(_start, _count).CopyTo(_buffer);
        _start = 0;
        if (old is not null && old != _buffer)
        {
            ArrayPool<byte>.Shared.Return(old);
        }
    }
}
