using System.Runtime.InteropServices;
using System.Text;

namespace Levity.Linux;

/// <summary>
/// A directory that only its user may enter, held open: what is done under it is done in this very directory, whatever
/// has become of its path. Neither the directory nor a file in it is ever reached through a link (ENOTDIR, ELOOP).
/// Directories are made with mode 0700 and files with 0600, of which the umask can only take something away.
/// </summary>
public sealed unsafe class LinuxDirectory : IDisposable
{
    private const uint DirectoryMode = 0b111_000_000;
    private const uint FileMode = 0b110_000_000;
    private const int EntriesSize = 4096;

    private readonly SafeFileDescriptor _descriptor;

    private LinuxDirectory(SafeFileDescriptor descriptor, string path)
    {
        _descriptor = descriptor;
        Path = path;
    }

    /// <summary>What it was opened as.</summary>
    public string Path { get; }

    /// <summary>Whether it belongs to the user that this process acts as: statx(2).</summary>
    /// <exception cref="LinuxException">EIO, ESTALE …</exception>
    public bool IsOurs
    {
        get
        {
            byte nothing = 0;
            var status = stackalloc byte[Libc.StatxSize];
            return Libc.statx(_descriptor, &nothing, Libc.AT_EMPTY_PATH, Libc.STATX_UID, status) == 0
                ? *(uint*)(status + Libc.StatxUidOffset) == CurrentUser.EffectiveId
                : throw new LinuxException("statx", Marshal.GetLastPInvokeError(), Path);
        }
    }

    /// <summary>Opens a directory: open(2).</summary>
    /// <returns>Null when there is none (ENOENT).</returns>
    /// <exception cref="LinuxException">ENOTDIR for a link or a file, EACCES, EMFILE …</exception>
    public static LinuxDirectory? TryOpen(string path)
    {
        Check("open", path, path);
        var errno = TryOpen(null, path, Libc.O_RDONLY | Libc.O_DIRECTORY, out var descriptor);
        return errno switch
        {
            0 => new LinuxDirectory(descriptor, path),
            Errno.ENOENT => null,
            _ => throw new LinuxException("open", errno, path),
        };
    }

    /// <summary>Makes a directory and opens it: mkdir(2).</summary>
    /// <exception cref="LinuxException">EEXIST, whatever it is that is there; ENOENT, EACCES, ENOSPC …</exception>
    public static LinuxDirectory Create(string path)
    {
        Check("mkdir", path, path);
        if (Libc.mkdir(path, DirectoryMode) == -1)
        {
            throw new LinuxException("mkdir", Marshal.GetLastPInvokeError(), path);
        }

        return TryOpen(path) ?? throw new LinuxException("open", Errno.ENOENT, path);
    }

    /// <summary>Removes an empty directory: rmdir(2).</summary>
    /// <returns>False when there is none (ENOENT).</returns>
    /// <exception cref="LinuxException">ENOTEMPTY, ENOTDIR for a link or a file …</exception>
    public static bool Remove(string path)
    {
        Check("rmdir", path, path);
        return IsGone("rmdir", path, Libc.rmdir(path));
    }

    /// <summary>Makes a file for reading and writing: openat(2).</summary>
    /// <exception cref="LinuxException">EEXIST, whatever it is that is there; ENOSPC, EMFILE …</exception>
    public LinuxFile CreateFile(string name) => Make(name, Libc.O_EXCL);

    /// <summary>Opens a file for reading and writing, and makes it when there is none: openat(2).</summary>
    /// <exception cref="LinuxException">ELOOP for a link, EINVAL for what is no regular file, ENOSPC …</exception>
    public LinuxFile OpenOrCreateFile(string name) => Make(name, 0);

    /// <summary>
    /// As <see cref="OpenOrCreateFile"/>, with O_APPEND: whatever is written goes behind the end, at any offset
    /// (pwrite(2), "BUGS"), so that nothing there is ever overwritten.
    /// </summary>
    /// <inheritdoc cref="OpenOrCreateFile"/>
    public LinuxFile OpenOrCreateAppendFile(string name) => Make(name, Libc.O_APPEND);

    /// <summary>Opens a file for reading: openat(2).</summary>
    /// <returns>Null when there is none (ENOENT).</returns>
    /// <exception cref="LinuxException">ELOOP for a link, EINVAL for what is no regular file, EMFILE …</exception>
    public LinuxFile? TryOpenRead(string name) => TryOpenFile(name, Libc.O_RDONLY);

    /// <summary>Opens a file for reading and writing: openat(2).</summary>
    /// <inheritdoc cref="TryOpenRead"/>
    public LinuxFile? TryOpenWrite(string name) => TryOpenFile(name, Libc.O_RDWR);

    /// <summary>Gives a file another name, in the place of the file that may have it now: rename(2).</summary>
    /// <exception cref="LinuxException">ENOENT, ENOSPC …</exception>
    public void Rename(string name, string newName)
    {
        Check("renameat", name, PathOf(name));
        Check("renameat", newName, PathOf(newName));
        if (Libc.renameat(_descriptor, name, _descriptor, newName) == -1)
        {
            throw new LinuxException("renameat", Marshal.GetLastPInvokeError(), PathOf(name));
        }
    }

    /// <summary>Removes a file: unlink(2). A link is removed itself, not what it leads to.</summary>
    /// <returns>False when there is none (ENOENT).</returns>
    /// <exception cref="LinuxException">EISDIR, EACCES, EIO …</exception>
    public bool Unlink(string name)
    {
        Check("unlinkat", name, PathOf(name));
        return IsGone("unlinkat", PathOf(name), Libc.unlinkat(_descriptor, name, 0));
    }

    /// <summary>Waits until the names in this directory are on the disk: fsync(2).</summary>
    /// <exception cref="LinuxException">EIO …</exception>
    public void Flush()
    {
        if (Libc.fsync(_descriptor) == -1)
        {
            throw new LinuxException("fsync", Marshal.GetLastPInvokeError(), Path);
        }
    }

    /// <summary>The names of all that is in this directory, in no order: getdents64(2).</summary>
    /// <exception cref="LinuxException">EIO …</exception>
    public List<string> Names()
    {
        // A listing moves the descriptor's position, so it gets one of its own.
        var errno = TryOpen(this, ".", Libc.O_RDONLY | Libc.O_DIRECTORY, out var listing);
        using (listing)
        {
            if (errno != 0)
            {
                throw new LinuxException("openat", errno, Path);
            }

            var names = new List<string>();
            var entries = stackalloc byte[EntriesSize];
            while (true)
            {
                var size = Libc.getdents64(listing, entries, EntriesSize);
                if (size <= 0)
                {
                    return size == 0
                        ? names
                        : throw new LinuxException("getdents64", Marshal.GetLastPInvokeError(), Path);
                }

                AddNames(names, new ReadOnlySpan<byte>(entries, (int)size));
            }
        }
    }

    public void Dispose() => _descriptor.Dispose();

    private static void AddNames(List<string> names, ReadOnlySpan<byte> entries)
    {
        while (!entries.IsEmpty)
        {
            var entry = entries[..MemoryMarshal.Read<ushort>(entries[Libc.DirentLengthOffset..])];
            var name = entry[Libc.DirentNameOffset..];
            name = name[..name.IndexOf((byte)0)];
            if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8))
            {
                names.Add(Encoding.UTF8.GetString(name));
            }

            entries = entries[entry.Length..];
        }
    }

    // A NUL would cut the path silently.
    private static void Check(string call, string name, string path)
    {
        if (name.Contains('\0'))
        {
            throw new LinuxException(call, Errno.EINVAL, path);
        }
    }

    private static bool IsGone(string call, string path, int result)
    {
        if (result == 0)
        {
            return true;
        }

        var errno = Marshal.GetLastPInvokeError();
        return errno == Errno.ENOENT ? false : throw new LinuxException(call, errno, path);
    }

    // O_NONBLOCK means nothing to a regular file, but opening a named pipe without it may wait for ever.
    private static int TryOpen(LinuxDirectory? directory, string path, int flags, out SafeFileDescriptor descriptor)
    {
        flags |= Libc.O_CLOEXEC | Libc.O_NOFOLLOW | Libc.O_NONBLOCK;
        descriptor = new SafeFileDescriptor();
        int number;
        do
        {
            number = directory is null
                ? Libc.open(path, flags, FileMode)
                : Libc.openat(directory._descriptor, path, flags, FileMode);
        }
        while (number == -1 && Libc.Interrupted);

        if (number == -1)
        {
            return Marshal.GetLastPInvokeError();
        }

        descriptor.Own(number);
        return 0;
    }

    private LinuxFile Make(string name, int flags) => TryOpenFile(name, Libc.O_RDWR | Libc.O_CREAT | flags)
        ?? throw new LinuxException("openat", Errno.ENOENT, PathOf(name));

    private LinuxFile? TryOpenFile(string name, int flags)
    {
        var path = PathOf(name);
        Check("openat", name, path);
        var errno = TryOpen(this, name, flags, out var descriptor);
        if (errno != 0)
        {
            return errno == Errno.ENOENT ? null : throw new LinuxException("openat", errno, path);
        }

        var file = new LinuxFile(descriptor, path);
        if (file.IsRegular)
        {
            return file;
        }

        file.Dispose();
        throw new LinuxException("openat", Errno.EINVAL, path);
    }

    private string PathOf(string name) => $"{Path}/{name}";
}
