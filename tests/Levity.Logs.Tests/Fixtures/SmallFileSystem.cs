using System.Runtime.InteropServices;

namespace Levity.Logs.Tests.Fixtures;

/// <summary>A file system in memory that is soon full; skips the test where one may not be mounted.</summary>
internal sealed partial class SmallFileSystem : IDisposable
{
    private const int MNT_DETACH = 2;

    private readonly TemporaryDirectory _place = new();
    private readonly bool _isMounted;

    public SmallFileSystem(int bytes, int inodes = 0)
    {
        _isMounted = mount("none", _place.Path, "tmpfs", 0, $"size={bytes},nr_inodes={inodes}") == 0;
        if (!_isMounted)
        {
            var reason = Marshal.GetLastPInvokeErrorMessage();
            _place.Dispose();
            Assert.Skip($"a file system cannot be mounted here: {reason}");
        }
    }

    public string this[string name] => _place[name];

    /// <summary>Takes all room but some, until the file of that name is removed.</summary>
    public void Fill(string name, int spare)
    {
        using var file = File.Create(this[name]);
        var free = new DriveInfo(_place.Path).AvailableFreeSpace - spare;
        file.Write(new byte[free]);
    }

    public void Dispose()
    {
        if (_isMounted)
        {
            umount2(_place.Path, MNT_DETACH);
            _place.Dispose();
        }
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mount(string source, string target, string type, nuint flags, string data);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int umount2(string target, int flags);
}
