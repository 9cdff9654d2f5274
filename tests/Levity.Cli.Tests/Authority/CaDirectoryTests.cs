using Levity.Cli.Tests.Commands.Ca;

namespace Levity.Cli.Tests.Authority;

public sealed class CaDirectoryTests
{
    [Fact]
    public async Task A_directory_that_others_may_write_to_is_refused()
    {
        using var ca = await CaFixture.WithCaAsync();
        File.SetUnixFileMode(ca.Directory, (UnixFileMode)0b111_111_111);

        Assert.Contains("other users may write to the directory", await ca.RefusedAsync("list"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_authoritys_key_that_others_may_read_is_not_signed_with()
    {
        using var ca = await CaFixture.WithCaAsync();
        File.SetUnixFileMode(ca.PathOf("client-ca.key"), (UnixFileMode)0b110_100_100);

        Assert.Contains("client-ca.key' can be read by others", await ca.RefusedAsync("issue-user", "alice"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_link_in_the_place_of_the_lock_is_not_followed()
    {
        using var ca = await CaFixture.WithCaAsync();
        File.Delete(ca.PathOf("ca.lock"));
        File.CreateSymbolicLink(ca.PathOf("ca.lock"), ca.Files.PathOf("elsewhere"));

        Assert.Contains("is a link", await ca.RefusedAsync("issue-user", "alice"), StringComparison.Ordinal);
        Assert.False(File.Exists(ca.Files.PathOf("elsewhere")));
    }

    [Fact]
    public async Task A_link_to_nowhere_is_there_already()
    {
        using var ca = await CaFixture.WithCaAsync();
        File.CreateSymbolicLink(ca.PathOf("alice.key"), ca.Files.PathOf("nowhere"));

        Assert.Contains("alice.key' is there already", await ca.RefusedAsync("issue-user", "alice"), StringComparison.Ordinal);
        await ca.RunAsync("issue-user", "alice", "--force");

        Assert.False(File.Exists(ca.Files.PathOf("nowhere")));
        Assert.Null(new FileInfo(ca.PathOf("alice.key")).LinkTarget);
    }

    [Fact]
    public async Task A_damaged_index_stops_all_that_would_rely_on_it_and_says_where()
    {
        using var ca = await CaFixture.WithCaAsync();
        await ca.RunAsync("issue-user", "alice");
        ca.Files.Write("certs/issued.jsonl", ca.Read("issued.jsonl").Replace("\"user\"", "\"root\"", StringComparison.Ordinal));

        foreach (var command in (string[][])
            [["list"], ["issue-user", "bob"], ["revoke", "alice"], ["renew"], ["crl"], ["init", "--keep"]])
        {
            Assert.Contains(
                $"'{ca.PathOf("issued.jsonl")}' is damaged, line 2: there is no kind 'root'; nothing was changed",
                await ca.RefusedAsync(command),
                StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_file_in_the_place_of_the_directory_is_told()
    {
        using var ca = new CaFixture();
        ca.Files.Write("certs", "");

        var run = await ca.TryAsync("init");

        Assert.StartsWith($"levity: cannot use the directory '{ca.Directory}': ", run.Error, StringComparison.Ordinal);
        Assert.Equal(125, run.ExitCode);
    }
}
