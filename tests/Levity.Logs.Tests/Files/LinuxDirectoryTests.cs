using Levity.Linux;
using Levity.Logs.Tests.Fixtures;

namespace Levity.Logs.Tests.Files;

/// <summary>What logs stand on.</summary>
public sealed class LinuxDirectoryTests : IDisposable
{
    private readonly TemporaryDirectory _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public void What_is_not_there_is_no_exception()
    {
        Assert.Null(LinuxDirectory.TryOpen(_place["none"]));
        Assert.False(LinuxDirectory.Remove(_place["none"]));

        using var directory = LinuxDirectory.Create(_place["a"]);
        Assert.Null(directory.TryOpenRead("none"));
        Assert.Null(directory.TryOpenWrite("none"));
        Assert.False(directory.Unlink("none"));
        Assert.Empty(directory.Names());
    }

    [Fact]
    public void A_directory_tells_all_its_names()
    {
        using var directory = LinuxDirectory.Create(_place["a"]);
        var names = Enumerable.Range(0, 300).Select(i => $"{i}-{new string('n', 100)}").Append("ü").ToHashSet();
        foreach (var name in names)
        {
            directory.CreateFile(name).Dispose();
        }

        Assert.Equal(names, directory.Names().ToHashSet());
        Assert.Equal(names.Count, directory.Names().Count);
    }

    [Fact]
    public void A_directory_stays_itself_when_its_path_becomes_another()
    {
        using var directory = LinuxDirectory.Create(_place["a"]);
        Directory.Move(_place["a"], _place["moved"]);
        Directory.CreateDirectory(_place["a"]);

        directory.CreateFile("f").Dispose();

        Assert.True(File.Exists(Path.Combine(_place["moved"], "f")));
    }

    [Fact]
    public void A_renamed_file_takes_the_place_of_the_old_one()
    {
        using var directory = LinuxDirectory.Create(_place["a"]);
        Write(directory, "old", "before"u8);
        Write(directory, "new", "after"u8);

        directory.Rename("new", "old");
        directory.Flush();

        Assert.Equal(["old"], directory.Names());
        using var file = directory.TryOpenRead("old")!;
        var content = new byte[10];
        Assert.Equal(5, file.ReadAt(0, content));
        Assert.Equal("after"u8, content.AsSpan(0, 5));
        Assert.Equal(5, file.Length);
    }

    [Fact]
    public void A_lock_has_one_holder_until_it_closes()
    {
        using var directory = LinuxDirectory.Create(_place["a"]);
        using var first = directory.OpenOrCreateFile("lock");
        using (var second = directory.OpenOrCreateFile("lock"))
        {
            Assert.True(second.TryLock());
            Assert.False(first.TryLock());
        }

        Assert.True(first.TryLock());
    }

    [Fact]
    public void A_write_that_fails_tells_how_far_it_came()
    {
        using var disk = new SmallFileSystem(64 * 1024);
        using var directory = LinuxDirectory.Create(disk["a"]);
        using var file = directory.CreateFile("f");

        var written = file.WriteAt(0, new byte[200_000], out var errno);

        Assert.Equal(Errno.ENOSPC, errno);
        Assert.InRange(written, 1, 64 * 1024);
        Assert.Equal(written, file.Length);
        Assert.Equal(0, file.SetLength(10));
        Assert.Equal(10, file.Length);
    }

    [Fact]
    public void A_name_with_a_NUL_is_refused_and_not_cut()
    {
        using var directory = LinuxDirectory.Create(_place["a"]);

        Assert.Equal(Errno.EINVAL, Assert.Throws<LinuxException>(() => directory.CreateFile("a\0b")).Number);
        Assert.Equal(Errno.EINVAL, Assert.Throws<LinuxException>(() => LinuxDirectory.Create(_place["b\0c"])).Number);
        Assert.Empty(directory.Names());
    }

    [Fact]
    public void Only_an_empty_directory_is_removed()
    {
        using var directory = LinuxDirectory.Create(_place["a"]);
        Write(directory, "f", "x"u8);

        Assert.Equal(Errno.ENOTEMPTY, Assert.Throws<LinuxException>(() => LinuxDirectory.Remove(_place["a"])).Number);
        Assert.True(directory.Unlink("f"));
        Assert.True(LinuxDirectory.Remove(_place["a"]));
    }

    private static void Write(LinuxDirectory directory, string name, ReadOnlySpan<byte> content)
    {
        using var file = directory.CreateFile(name);
        Assert.Equal(content.Length, file.WriteAt(0, content, out var errno));
        Assert.Equal(0, errno);
        file.FlushData();
        file.Flush();
    }
}
