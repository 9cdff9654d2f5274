using System.Runtime.InteropServices;

namespace Levity.Linux;

/// <summary>
/// A file as memory that its writer shares with everybody who has it open: mmap(2) with MAP_SHARED. What is stored in it
/// is in the page cache from that moment, and so outlives the process, however that ends.
/// </summary>
/// <remarks>
/// Only what lies within the file may be touched: beyond its end, and where a file that was made with a hole finds no
/// room, the kernel answers with SIGBUS. A file that was written once from its beginning to its end has no such places.
/// </remarks>
public sealed unsafe class MappedFile : SafeHandle
{
    private readonly nint _length;

    private MappedFile(nint address, nint length)
        : base(Libc.MapFailed, ownsHandle: true)
    {
        SetHandle(address);
        _length = length;
    }

    public override bool IsInvalid => handle == Libc.MapFailed;

    /// <summary>Some of it; not to be used once this is disposed of.</summary>
    public Span<byte> Slice(int offset, int length)
    {
        ObjectDisposedException.ThrowIf(IsClosed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((nint)offset + length, _length);
        return new Span<byte>((byte*)handle + offset, length);
    }

    /// <summary>The mapping may be longer than the file: what is added to that later is in it.</summary>
    internal static MappedFile Map(SafeFileDescriptor file, int length, string path)
    {
        var address = Libc.mmap(0, length, Libc.PROT_READ | Libc.PROT_WRITE, Libc.MAP_SHARED, file, 0);
        return address == Libc.MapFailed
            ? throw new LinuxException("mmap", Marshal.GetLastPInvokeError(), path)
            : new MappedFile(address, length);
    }

    protected override bool ReleaseHandle() => Libc.munmap(handle, _length) == 0;
}
