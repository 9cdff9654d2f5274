namespace Levity.Linux.Tests;

public sealed class MappedFileTests : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("levity-").FullName;
    private readonly LinuxDirectory _directory;
    private readonly LinuxFile _file;

    public MappedFileTests()
    {
        _directory = LinuxDirectory.TryOpen(_path)!;
        _file = _directory.CreateFile("mapped");
        _file.WriteAt(0, new byte[4096], out _);
    }

    public void Dispose()
    {
        _file.Dispose();
        _directory.Dispose();
        Directory.Delete(_path, recursive: true);
    }

    [Fact]
    public void What_is_stored_is_in_the_file_and_what_is_written_is_in_the_memory()
    {
        using var memory = _file.Map(4096);
        memory.Slice(4000, 3)[1] = 7;
        _file.WriteAt(4002, [8], out _);

        Assert.Equal([0, 7, 8], File.ReadAllBytes(Path.Combine(_path, "mapped"))[4000..4003]);
        Assert.Equal([0, 7, 8], memory.Slice(4000, 3).ToArray());
    }

    [Fact]
    public void What_the_file_gets_later_is_in_a_mapping_that_was_longer_than_it()
    {
        using var memory = _file.Map(3 * 4096);
        _file.WriteAt(4096, new byte[8192], out _);

        memory.Slice(8192, 1)[0] = 9;

        Assert.Equal(9, File.ReadAllBytes(Path.Combine(_path, "mapped"))[8192]);
    }

    [Theory]
    [InlineData(-1, 1)]
    [InlineData(4096, 1)]
    [InlineData(4095, 2)]
    [InlineData(int.MaxValue, int.MaxValue)]
    public void Nothing_beyond_it_can_be_had(int offset, int length)
    {
        using var memory = _file.Map(4096);

        Assert.Throws<ArgumentOutOfRangeException>(() => memory.Slice(offset, length).Length);
    }

    [Fact]
    public void It_stays_when_the_file_is_closed_and_is_not_used_once_it_is_disposed_of()
    {
        var memory = _file.Map(4096);
        _file.Dispose();
        memory.Slice(0, 1)[0] = 5;
        memory.Dispose();

        Assert.Throws<ObjectDisposedException>(() => memory.Slice(0, 1).Length);
        Assert.Equal(5, File.ReadAllBytes(Path.Combine(_path, "mapped"))[0]);
    }
}
