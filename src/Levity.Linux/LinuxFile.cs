using System.Runtime.InteropServices;

namespace Levity.Linux;

/// <summary>
/// A regular file that only its user may read, opened without following a link and closed by exec. Whoever opens one
/// goes through <see cref="LinuxDirectory"/>, so that the directory cannot be swapped for a link either.
/// </summary>
/// <remarks>Reads and writes name their offset: there is no position that somebody else may have moved.</remarks>
public sealed unsafe class LinuxFile : IDisposable
{
    private readonly SafeFileDescriptor _descriptor;

    internal LinuxFile(SafeFileDescriptor descriptor, string path)
    {
        _descriptor = descriptor;
        Path = path;
    }

    /// <summary>What it was opened as, for messages.</summary>
    public string Path { get; }

    /// <summary>How long the file is now, in bytes: statx(2).</summary>
    /// <exception cref="LinuxException">EIO, ESTALE …</exception>
    public long Length
    {
        get
        {
            var status = stackalloc byte[Libc.StatxSize];
            Check("statx", Stat(status, Libc.STATX_SIZE));
            return *(long*)(status + Libc.StatxSizeOffset);
        }
    }

    /// <summary>
    /// Which file it is, whatever its name: statx(2). As long as somebody has it open, no other file has this number.
    /// </summary>
    /// <exception cref="LinuxException">EIO, ESTALE …</exception>
    public (ulong Device, ulong Inode) Identity
    {
        get
        {
            var status = stackalloc byte[Libc.StatxSize];
            Check("statx", Stat(status, Libc.STATX_INO));
            return (*(ulong*)(status + Libc.StatxDeviceOffset), *(ulong*)(status + Libc.StatxInodeOffset));
        }
    }

    /// <summary>Whether it is a regular file at all, and no pipe, device or directory under its name.</summary>
    internal bool IsRegular
    {
        get
        {
            var status = stackalloc byte[Libc.StatxSize];
            Check("statx", Stat(status, Libc.STATX_TYPE));
            return (*(ushort*)(status + Libc.StatxModeOffset) & Libc.S_IFMT) == Libc.S_IFREG;
        }
    }

    /// <summary>Reads what is there, up to the end of the file: pread(2).</summary>
    /// <returns>How many bytes; fewer than there is room for only at the end of the file.</returns>
    /// <exception cref="LinuxException">EIO …</exception>
    public int ReadAt(long offset, Span<byte> room)
    {
        var done = 0;
        fixed (byte* start = room)
        {
            while (done < room.Length)
            {
                var count = Libc.pread(_descriptor, start + done, room.Length - done, offset + done);
                if (count == 0)
                {
                    break;
                }

                if (count > 0)
                {
                    done += (int)count;
                }
                else if (!Libc.Interrupted)
                {
                    throw Failure("pread");
                }
            }
        }

        return done;
    }

    /// <summary>Writes all bytes, or as many as it can: pwrite(2).</summary>
    /// <param name="offset">Where the first byte goes.</param>
    /// <param name="data">The bytes.</param>
    /// <param name="errno">0, or why not all of them were written: ENOSPC, EDQUOT, EFBIG, EIO …</param>
    /// <returns>How many bytes are in the file now.</returns>
    public int WriteAt(long offset, ReadOnlySpan<byte> data, out int errno)
    {
        errno = 0;
        var done = 0;
        fixed (byte* start = data)
        {
            while (done < data.Length)
            {
                var count = Libc.pwrite(_descriptor, start + done, data.Length - done, offset + done);
                if (count > 0)
                {
                    done += (int)count;
                }
                else if (count == 0)
                {
                    // No file system does this to a regular file; going on would never end.
                    errno = Errno.EIO;
                    break;
                }
                else if (!Libc.Interrupted)
                {
                    errno = Marshal.GetLastPInvokeError();
                    break;
                }
            }
        }

        return done;
    }

    /// <summary>Cuts the file, or makes it longer: ftruncate(2).</summary>
    /// <returns>0 or the errno.</returns>
    public int SetLength(long length)
    {
        int result;
        do
        {
            result = Libc.ftruncate(_descriptor, length);
        }
        while (result == -1 && Libc.Interrupted);

        return result == -1 ? Marshal.GetLastPInvokeError() : 0;
    }

    /// <summary>
    /// Takes the room for what will be written there, and leaves the file's length as it is: fallocate(2). Who writes
    /// into it meets no full disk; <see cref="SetLength"/> gives back what lies behind the end.
    /// </summary>
    /// <returns>0 or the errno: ENOSPC, EDQUOT; EOPNOTSUPP where the file system has no such thing.</returns>
    public int Allocate(long offset, long length)
    {
        int result;
        do
        {
            result = Libc.fallocate(_descriptor, Libc.FALLOC_FL_KEEP_SIZE, offset, length);
        }
        while (result == -1 && Libc.Interrupted);

        return result == -1 ? Marshal.GetLastPInvokeError() : 0;
    }

    /// <summary>The file as memory: <see cref="MappedFile"/>. It must be open for writing.</summary>
    /// <param name="length">How much of it, and of what may be added to it later.</param>
    /// <exception cref="LinuxException">ENOMEM; ENODEV where the file system has no such thing …</exception>
    public MappedFile Map(int length) => MappedFile.Map(_descriptor, length, Path);

    /// <summary>Waits until content and metadata are on the disk: fsync(2).</summary>
    /// <exception cref="LinuxException">EIO, ENOSPC …: nobody knows what is on the disk.</exception>
    public void Flush() => Check("fsync", Libc.fsync(_descriptor));

    /// <summary>As <see cref="Flush"/>, without metadata that reading does not need: fdatasync(2).</summary>
    /// <exception cref="LinuxException">As <see cref="Flush"/>.</exception>
    public void FlushData() => Check("fdatasync", Libc.fdatasync(_descriptor));

    /// <summary>Locks the file against others who lock it, until it is closed: flock(2).</summary>
    /// <returns>False when somebody else holds it.</returns>
    /// <exception cref="LinuxException">ENOLCK …</exception>
    public bool TryLock()
    {
        if (Libc.flock(_descriptor, Libc.LOCK_EX | Libc.LOCK_NB) == 0)
        {
            return true;
        }

        return Marshal.GetLastPInvokeError() == Errno.EAGAIN ? false : throw Failure("flock");
    }

    public void Dispose() => _descriptor.Dispose();

    private int Stat(byte* status, uint mask)
    {
        byte nothing = 0;
        return Libc.statx(_descriptor, &nothing, Libc.AT_EMPTY_PATH, mask, status);
    }

    private void Check(string call, int result)
    {
        if (result == -1)
        {
            throw Failure(call);
        }
    }

    private LinuxException Failure(string call) => new(call, Marshal.GetLastPInvokeError(), Path);
}
