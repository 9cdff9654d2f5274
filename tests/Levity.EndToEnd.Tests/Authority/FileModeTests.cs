using Levity.EndToEnd.Tests.Fixtures;

namespace Levity.EndToEnd.Tests.Authority;

/// <summary>Keys are for their owner, whatever the umask says.</summary>
public sealed class FileModeTests
{
    private const UnixFileMode OwnersOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Public = OwnersOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    // A file is made with its mode, and never has another: strace would show no chmod.
    [Fact]
    public async Task Under_a_umask_of_0_only_what_everybody_may_read_is_open_to_others()
    {
        using var ca = new CaDirectory();
        string[][] commands =
        [
            ["init"], ["issue-server"], ["issue-user", "alice"], ["request", "bob"], ["revoke", "alice"],
        ];
        foreach (var command in commands)
        {
            (await ca.TryAsync(command, "sh", "-c", "umask 0; exec \"$@\"", "sh")).Successful();
        }

        Assert.Equal(OwnersOnly | UnixFileMode.UserExecute, File.GetUnixFileMode(ca.Path));
        var files = Directory.GetFiles(ca.Path);
        Assert.Equal(14, files.Length);
        Assert.Empty(Directory.GetDirectories(ca.Path));
        Assert.All(files, file => Assert.Equal(
            (file, Path.GetExtension(file) is ".crt" or ".crl" or ".csr" ? Public : OwnersOnly),
            (file, File.GetUnixFileMode(file))));
    }
}
