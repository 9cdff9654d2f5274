using Levity.Daemon.Hosting;

namespace Levity.Daemon.Tests.Hosting;

public sealed class StateDirectoryTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_directory_that_is_not_there_is_made_for_its_user_only()
    {
        using var state = StateDirectory.Open(_directory["a/b"]);

        Assert.Equal(_directory["a/b"], state.Path);
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(state.Path));
        Assert.All(
            Directory.GetFiles(state.Path),
            file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file)));
    }

    [Fact]
    public void A_directory_that_is_there_is_used_as_it_is()
    {
        _directory.Write("registry.db", "kept");

        using var state = StateDirectory.Open(_directory.Path);

        Assert.Equal("kept", File.ReadAllText(state.Registry));
        Assert.Equal(_directory["logs"], state.Logs);
    }

    [Fact]
    public void One_levityd_at_a_time_has_it()
    {
        using (StateDirectory.Open(_directory.Path))
        {
            var e = Assert.Throws<StartupException>(() => StateDirectory.Open(_directory.Path));
            Assert.Contains("another levityd", e.Message, StringComparison.Ordinal);
            Assert.Contains(_directory.Path, e.Message, StringComparison.Ordinal);
        }

        StateDirectory.Open(_directory.Path).Dispose();
    }

    [Fact]
    public void A_directory_that_was_deleted_or_made_again_is_not_ours_any_more()
    {
        using var state = StateDirectory.Open(_directory["state"]);
        state.RequireOurs();

        Directory.Move(state.Path, _directory["moved"]);
        var gone = Assert.Throws<StartupException>(state.RequireOurs);
        using (StateDirectory.Open(state.Path))
        {
            Assert.Equal(gone.Message, Assert.Throws<StartupException>(state.RequireOurs).Message);
        }

        Directory.Delete(state.Path, recursive: true);
        Directory.Move(_directory["moved"], state.Path);
        state.RequireOurs();
        Assert.Contains($"'{state.Path}' is not the one", gone.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.GroupExecute)]
    [InlineData(UnixFileMode.OtherExecute)]
    [InlineData(UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute)]
    public void A_directory_that_others_may_enter_is_refused_and_left_alone(UnixFileMode others)
    {
        File.SetUnixFileMode(_directory.Path, OwnerOnly | others);

        var e = Assert.Throws<StartupException>(() => StateDirectory.Open(_directory.Path));

        Assert.Contains("chmod 700", e.Message, StringComparison.Ordinal);
        Assert.Equal(OwnerOnly | others, File.GetUnixFileMode(_directory.Path));
        Assert.Empty(Directory.GetFiles(_directory.Path));
    }

    [Fact]
    public void A_directory_of_somebody_else_is_refused_and_left_alone()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root can give a directory away");
#pragma warning disable RS0030 // Not a task: chown(1), which .NET has no call for.
        using var chown = System.Diagnostics.Process.Start("chown", ["65534", _directory.Path]);
#pragma warning restore RS0030
        chown.WaitForExit();
        Assert.Equal(0, chown.ExitCode);

        var e = Assert.Throws<StartupException>(() => StateDirectory.Open(_directory.Path));

        Assert.Contains("another user", e.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_directory.Path));
    }

    [Fact]
    public void A_link_to_a_directory_of_ours_is_followed()
    {
        var real = Directory.CreateDirectory(_directory["real"], OwnerOnly);
        Directory.CreateSymbolicLink(_directory["link"], real.FullName);

        using var state = StateDirectory.Open(_directory["link"]);

        Assert.NotEmpty(real.GetFiles());
    }

    [Fact]
    public void A_path_with_no_room_for_a_socket_is_refused_before_anything_is_made()
    {
        // sun_path takes 107 bytes: this much is left for the directory before "/supervisor.sock".
        var longest = _directory[new string('d', 107 - "/supervisor.sock".Length - _directory.Path.Length - 1)];
        StateDirectory.Open(longest).Dispose();

        var e = Assert.Throws<StartupException>(() => StateDirectory.Open(longest + "d"));

        Assert.Contains("too long", e.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(longest + "d"));
    }

    [Fact]
    public void The_length_of_a_path_is_counted_in_bytes() =>
        Assert.Throws<StartupException>(() => StateDirectory.Open("/tmp/" + new string('é', 60)));

    [Fact]
    public void A_file_in_its_place_is_refused_with_its_name()
    {
        var file = _directory.Write("file", "");

        foreach (var path in new[] { file, file + "/below" })
        {
            var e = Assert.Throws<StartupException>(() => StateDirectory.Open(path));
            Assert.Contains($"'{path}'", e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void An_empty_path_is_refused() => Assert.Throws<StartupException>(() => StateDirectory.Open(""));
}
