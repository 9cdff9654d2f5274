using System.Buffers;
using System.Runtime.InteropServices;
using Levity.Linux;
using Levity.Logs.Format;

namespace Levity.Logs.Segments;

/// <summary>One open file of a log.</summary>
internal sealed class Segment : IDisposable
{
    private readonly SegmentHeader _header;

    private Segment(LinuxFile file, SegmentHeader header)
    {
        File = file;
        _header = header;
    }

    public LinuxFile File { get; }

    /// <summary>The position of the first frame.</summary>
    public ulong Base => _header.Base;

    /// <summary>How many bytes of output came before the first frame, kept or not.</summary>
    public ulong OutputBytes => _header.OutputBytes;

    /// <summary>Goes into the checksum of each frame.</summary>
    public ulong Key => _header.Key;

    /// <summary>The position behind the last byte that is there now, be it the end of a frame or not.</summary>
    public ulong FileEnd => Base + (ulong)Math.Max(0, File.Length - SegmentHeader.Length);

    /// <summary>Where the segments of a log begin, in order.</summary>
    public static List<ulong> List(LinuxDirectory directory)
    {
        var positions = new List<ulong>();
        foreach (var name in directory.Names())
        {
            if (SegmentName.TryParse(name, out var position))
            {
                positions.Add(position);
            }
        }

        positions.Sort();
        return positions;
    }

    /// <summary>Makes an empty segment.</summary>
    /// <exception cref="LinuxException">openat(2), pwrite(2): EEXIST, ENOSPC …; nothing is left behind.</exception>
    public static Segment Create(LinuxDirectory directory, ulong position, ulong outputBytes)
    {
        var name = SegmentName.Of(position);
        var header = new SegmentHeader(position, outputBytes, NewKey());
        Span<byte> bytes = stackalloc byte[SegmentHeader.Length];
        header.Write(bytes);

        var file = directory.CreateFile(name);
        file.WriteAt(0, bytes, out var errno);
        if (errno == 0)
        {
            return new Segment(file, header);
        }

        file.Dispose();
        directory.Unlink(name);
        throw new LinuxException("pwrite", errno, file.Path);
    }

    /// <summary>Opens a segment; a file that is not there is one whose header is not there.</summary>
    public static HeaderState TryOpen(LinuxDirectory directory, ulong position, bool writable, out Segment? segment)
    {
        segment = null;
        var name = SegmentName.Of(position);
        var file = writable ? directory.TryOpenWrite(name) : directory.TryOpenRead(name);
        if (file is null)
        {
            return HeaderState.Incomplete;
        }

        Span<byte> bytes = stackalloc byte[SegmentHeader.Length];
        try
        {
            var state = SegmentHeader.Read(bytes[..file.ReadAt(0, bytes)], position, out var header);
            segment = state == HeaderState.Whole ? new Segment(file, header) : null;
            return state;
        }
        finally
        {
            if (segment is null)
            {
                file.Dispose();
            }
        }
    }

    /// <summary>Where in the file a position is.</summary>
    public long OffsetOf(ulong position) => SegmentHeader.Length + (long)(position - Base);

    /// <summary>Finds the frame that ends at a position, if that is where a frame ends.</summary>
    /// <param name="position">Any number.</param>
    /// <param name="frame">The frame.</param>
    /// <param name="payload">Where to put a copy of its payload; null when it is of no interest.</param>
    public bool TryReadBefore(ulong position, out Frame frame, ArrayBufferWriter<byte>? payload = null)
    {
        frame = default;
        if (position < Base + FrameFormat.Overhead || position > FileEnd)
        {
            return false;
        }

        Span<byte> trailer = stackalloc byte[FrameFormat.TrailerLength];
        if (File.ReadAt(OffsetOf(position) - trailer.Length, trailer) < trailer.Length
            || !FrameFormat.TryReadShape(trailer, out _, out var length)
            || position - Base < (ulong)length)
        {
            return false;
        }

        var start = position - (ulong)length;
        var rented = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            var bytes = rented.AsSpan(0, File.ReadAt(OffsetOf(start), rented.AsSpan(0, length)));
            if (FrameFormat.Read(bytes, Key, start, out frame) != FrameState.Whole || frame.Length != length)
            {
                return false;
            }

            payload?.Write(FrameFormat.Payload(bytes));
            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    public void Dispose() => File.Dispose();

    // A random UUID has 62 random bits in its second half; nobody but this user ever sees them.
    private static ulong NewKey()
    {
        Span<byte> uuid = stackalloc byte[16];
        Guid.NewGuid().TryWriteBytes(uuid);
        return MemoryMarshal.Read<ulong>(uuid[sizeof(ulong)..]);
    }
}
