using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Levity.Linux;

/// <summary>
/// A directory that only its user may enter, held open: what is done under it is done in this very directory, whatever
/// has become of its path. Neither the directory nor a file in it is ever reached through a link (ELOOP, ENOTDIR).
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

    /// <summary>Opens a directory: open(2).</summary>
    /// <returns>Null when there is none (ENOENT).</returns>
    /// <exception cref="LinuxException">ENOTDIR for a link or a file, EACCES, EMFILE …</exception>
    public static LinuxDirectory? TryOpen(string path)
    {
        var errno = KernelFile.TryOpen(
            null, path, Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_NOFOLLOW, out var descriptor);
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
        Make(path);
        return TryOpen(path) ?? throw new LinuxException("open", Errno.ENOENT, path);
    }

    /// <summary>Removes an empty directory: rmdir(2).</summary>
    /// <returns>False when there is none (ENOENT).</returns>
    /// <exception cref="LinuxException">ENOTEMPTY, ENOTDIR for a link or a file …</exception>
    [SkipLocalsInit]
    public static bool Remove(string path)
    {
        var bytes = stackalloc byte[Libc.PATH_MAX];
        Terminate("rmdir", path, bytes);
        return Gone("rmdir", path, Libc.rmdir(bytes));
    }

    /// <summary>Makes a file for reading and writing: openat(2).</summary>
    /// <exception cref="LinuxException">EEXIST, whatever it is that is there; ENOSPC, EMFILE …</exception>
    public LinuxFile CreateFile(string name) =>
        TryOpenFile(name, Libc.O_RDWR | Libc.O_CREAT | Libc.O_EXCL) ?? throw Failure("openat", name, Errno.ENOENT);

    /// <summary>Opens a file for reading and writing, and makes it when there is none: openat(2).</summary>
    /// <exception cref="LinuxException">ELOOP for a link, ENOSPC, EMFILE …</exception>
    public LinuxFile OpenOrCreateFile(string name) =>
        TryOpenFile(name, Libc.O_RDWR | Libc.O_CREAT) ?? throw Failure("openat", name, Errno.ENOENT);

    /// <summary>Opens a file for reading: openat(2).</summary>
    /// <returns>Null when there is none (ENOENT).</returns>
    /// <exception cref="LinuxException">ELOOP for a link, EINVAL for what is no regular file, EMFILE …</exception>
    public LinuxFile? TryOpenRead(string name) => TryOpenFile(name, Libc.O_RDONLY);

    /// <summary>Opens a file for reading and writing: openat(2).</summary>
    /// <inheritdoc cref="TryOpenRead"/>
    public LinuxFile? TryOpenWrite(string name) => TryOpenFile(name, Libc.O_RDWR);

    /// <summary>Gives a file another name, in the place of the file that may have it now: renameat(2).</summary>
    /// <exception cref="LinuxException">ENOENT, ENOSPC …</exception>
    [SkipLocalsInit]
    public void Rename(string name, string newName)
    {
        var bytes = stackalloc byte[Libc.PATH_MAX];
        var newBytes = stackalloc byte[Libc.PATH_MAX];
        Terminate("renameat", name, bytes);
        Terminate("renameat", newName, newBytes);
        if (Libc.renameat(_descriptor, bytes, _descriptor, newBytes) == -1)
        {
            throw Failure("renameat", name, Marshal.GetLastPInvokeError());
        }
    }

    /// <summary>Removes a file: unlinkat(2). A link is removed itself, not what it leads to.</summary>
    /// <returns>False when there is none (ENOENT).</returns>
    /// <exception cref="LinuxException">EISDIR, EACCES, EIO …</exception>
    [SkipLocalsInit]
    public bool Unlink(string name)
    {
        var bytes = stackalloc byte[Libc.PATH_MAX];
        Terminate("unlinkat", name, bytes);
        return Gone("unlinkat", name, Libc.unlinkat(_descriptor, bytes, 0));
    }

    /// <summary>Waits until the names in this directory are on the disk: fsync(2).</summary>
    /// <exception cref="LinuxException">EIO …</exception>
    public void Flush()
    {
        if (Libc.fsync(_descriptor) == -1)
        {
            throw Failure("fsync", Path, Marshal.GetLastPInvokeError());
        }
    }

    /// <summary>The names of all that is in this directory, in no order: getdents64(2).</summary>
    /// <exception cref="LinuxException">EIO …</exception>
    public List<string> Names()
    {
        // A second opening of the directory, because a listing moves the descriptor's position.
        var errno = KernelFile.TryOpen(_descriptor, ".", Libc.O_RDONLY | Libc.O_DIRECTORY, out var listing);
        using (listing)
        {
            if (errno != 0)
            {
                throw Failure("openat", Path, errno);
            }

            var names = new List<string>();
            var entries = stackalloc byte[EntriesSize];
            while (true)
            {
                var size = Libc.getdents64(listing, entries, EntriesSize);
                if (size <= 0)
                {
                    return size == 0 ? names : throw Failure("getdents64", Path, Marshal.GetLastPInvokeError());
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

    [SkipLocalsInit]
    private static void Make(string path)
    {
        var bytes = stackalloc byte[Libc.PATH_MAX];
        Terminate("mkdir", path, bytes);
        if (Libc.mkdir(bytes, DirectoryMode) == -1)
        {
            throw new LinuxException("mkdir", Marshal.GetLastPInvokeError(), path);
        }
    }

    private static void Terminate(string call, string path, byte* bytes)
    {
        var errno = CString.Terminate(path, new Span<byte>(bytes, Libc.PATH_MAX));
        if (errno != 0)
        {
            throw new LinuxException(call, errno, path);
        }
    }

    private static bool Gone(string call, string path, int result)
    {
        if (result == 0)
        {
            return true;
        }

        var errno = Marshal.GetLastPInvokeError();
        return errno == Errno.ENOENT ? false : throw new LinuxException(call, errno, path);
    }

    // O_NONBLOCK means nothing to a regular file, but opening a named pipe without it may wait for ever.
    [SkipLocalsInit]
    private LinuxFile? TryOpenFile(string name, int flags)
    {
        var bytes = stackalloc byte[Libc.PATH_MAX];
        Terminate("openat", name, bytes);
        flags |= Libc.O_CLOEXEC | Libc.O_NOFOLLOW | Libc.O_NONBLOCK;
        SafeFileDescriptor descriptor;
        do
        {
            descriptor = Libc.openat(_descriptor, bytes, flags, FileMode);
        }
        while (descriptor.IsInvalid && Libc.Interrupted);

        if (descriptor.IsInvalid)
        {
            var errno = Marshal.GetLastPInvokeError();
            return errno == Errno.ENOENT ? null : throw Failure("openat", name, errno);
        }

        var file = new LinuxFile(descriptor, $"{Path}/{name}");
        if (file.IsRegular)
        {
            return file;
        }

        file.Dispose();
        throw Failure("openat", name, Errno.EINVAL);
    }

    private LinuxException Failure(string call, string name, int errno) => new(call, errno, $"{Path}/{name}");
}
