using Levity.Linux;

namespace Levity.Daemon.Audit;

/// <summary>
/// The file that records are appended to, with room taken in advance, so that a record whose room is there is not
/// refused by a full disk. It ends in a whole line whenever nobody is writing.
/// </summary>
internal sealed class AuditFile(LinuxFile file, long first, long end) : IDisposable
{
    // What a thousand records of the usual length need.
    private const int Chunk = 256 * 1024;

    private long _allocated = end;

    // The file may have something behind the end.
    private bool _isTorn;

    /// <summary>The number of its first record; 0 while it is empty.</summary>
    public long First { get; set; } = first;

    public long End { get; private set; } = end;

    /// <summary>Whether so many bytes have their room behind the end; takes it when there is any.</summary>
    public bool HasRoom(long bytes)
    {
        if (End + bytes <= _allocated)
        {
            return true;
        }

        if (TryAllocate(bytes + Chunk) is var errno && errno is Errno.ENOSPC or Errno.EDQUOT)
        {
            errno = TryAllocate(bytes);
        }

        if (errno is Errno.ENOSPC or Errno.EDQUOT)
        {
            return false;
        }

        if (errno != 0)
        {
            // What cannot promise room (EOPNOTSUPP) may have it all the same: it is not asked again.
            _allocated = long.MaxValue;
        }

        return true;
    }

    /// <summary>Appends whole lines: 0, or the errno and none of them is there.</summary>
    public int Append(ReadOnlySpan<byte> lines)
    {
        var errno = Mend();
        if (errno != 0)
        {
            return errno;
        }

        file.WriteAt(End, lines, out errno);
        if (errno == 0)
        {
            End += lines.Length;
            return 0;
        }

        // If this fails too it is done before the next line.
        _isTorn = true;
        _ = Mend();
        return errno;
    }

    /// <summary>Waits until all of it is on the disk.</summary>
    /// <exception cref="LinuxException">Nobody knows what is on the disk.</exception>
    public void Flush() => file.FlushData();

    public void Dispose() => file.Dispose();

    /// <summary>Cuts off what may be behind the end, and with it the room that was taken there: 0 or the errno.</summary>
    private int Mend()
    {
        if (!_isTorn)
        {
            return 0;
        }

        var errno = file.SetLength(End);
        _isTorn = errno != 0;
        _allocated = End;
        return errno;
    }

    private int TryAllocate(long bytes)
    {
        var errno = file.Allocate(End, bytes);
        _allocated = errno == 0 ? End + bytes : _allocated;
        return errno;
    }
}
