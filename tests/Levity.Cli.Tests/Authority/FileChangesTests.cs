using Levity.Cli.Authority;

namespace Levity.Cli.Tests.Authority;

public sealed class FileChangesTests : IDisposable
{
    private readonly TemporaryDirectory _files = new();
    private readonly string _directory;

    public FileChangesTests() => _directory = Directory.CreateDirectory(_files.PathOf("d")).FullName;

    [Fact]
    public void Nothing_is_there_before_the_decision_and_all_of_it_after()
    {
        var changes = new FileChanges(_directory);
        changes.Put("a", "1", FileChanges.Secret);
        changes.Put("b", "2", FileChanges.Public);
        Assert.Empty(Directory.GetFiles(_directory));

        changes.Decide();
        FileChanges.Finish(_directory);

        Assert.Equal(["a=1", "b=2"], Contents());
        Assert.Equal(FileChanges.Secret, File.GetUnixFileMode(Path.Combine(_directory, "a")));
    }

    [Fact]
    public void What_a_program_had_not_decided_when_it_died_is_gone()
    {
        _files.Write("d/a", "old");
        var died = new FileChanges(_directory);
        died.Put("a", "new", FileChanges.Public);

        FileChanges.Finish(_directory);

        Assert.Equal(["a=old"], Contents());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void What_a_program_had_decided_when_it_died_is_finished_wherever_it_was(int placed)
    {
        _files.Write("d/a", "old");
        Directory.CreateDirectory(_files.PathOf("d/.decided"));
        string[] names = ["a", "b"];
        for (var i = 0; i < names.Length; i++)
        {
            _files.Write(i < placed ? $"d/{names[i]}" : $"d/.decided/{names[i]}", "new");
        }

        FileChanges.Finish(_directory);

        Assert.Equal(["a=new", "b=new"], Contents());
    }

    [Fact]
    public void A_link_in_the_place_of_a_file_is_replaced_and_not_followed()
    {
        var elsewhere = _files.Write("elsewhere", "untouched");
        File.CreateSymbolicLink(Path.Combine(_directory, "a"), elsewhere);
        var changes = new FileChanges(_directory);
        changes.Put("a", "new", FileChanges.Secret);

        changes.Decide();
        FileChanges.Finish(_directory);

        Assert.Equal("untouched", File.ReadAllText(elsewhere));
        Assert.Null(new FileInfo(Path.Combine(_directory, "a")).LinkTarget);
        Assert.Equal(["a=new"], Contents());
    }

    [Fact]
    public void A_directory_in_the_place_of_a_file_is_told_before_anything_is_decided()
    {
        Directory.CreateDirectory(Path.Combine(_directory, "b"));
        var changes = new FileChanges(_directory);
        changes.Put("a", "new", FileChanges.Secret);

        var e = Assert.Throws<CommandException>(() => changes.Put("b", "new", FileChanges.Secret));

        Assert.Contains("is a directory", e.Message, StringComparison.Ordinal);
        FileChanges.Finish(_directory);
        Assert.Empty(Directory.GetFiles(_directory));
    }

    public void Dispose() => _files.Dispose();

    private IEnumerable<string> Contents()
    {
        Assert.DoesNotContain(Directory.GetDirectories(_directory), path => Path.GetFileName(path).StartsWith('.'));
        return Directory.GetFiles(_directory).Order().Select(path => $"{Path.GetFileName(path)}={File.ReadAllText(path)}");
    }
}
