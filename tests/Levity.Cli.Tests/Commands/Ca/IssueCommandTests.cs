using System.Security.Cryptography.X509Certificates;

namespace Levity.Cli.Tests.Commands.Ca;

public sealed class IssueCommandTests
{
    [Fact]
    public async Task Each_command_says_what_it_has_made_and_until_when_it_is_good()
    {
        using var ca = new CaFixture();
        ca.Clock.SetUtcNow(new DateTimeOffset(2030, 1, 2, 3, 4, 5, TimeSpan.Zero));

        Assert.Equal(
            $"""
            made     {ca.PathOf("server-ca.crt")}, until 2039-12-31
            made     {ca.PathOf("server-ca.crl")}, until 2031-01-02
            made     {ca.PathOf("client-ca.crt")}, until 2039-12-31
            made     {ca.PathOf("client-ca.crl")}, until 2031-01-02

            """,
            await ca.RunAsync("init"));
        Assert.Equal($"made     {ca.PathOf("server.crt")}, until 2031-01-02\n", await ca.RunAsync("issue-server"));
        Assert.Equal(
            $"made     {ca.PathOf("alice.crt")}, until 2030-01-12\n", await ca.RunAsync("issue-user", "alice", "--days", "10"));
        Assert.Equal($"made     {ca.PathOf("bob.key")}\nmade     {ca.PathOf("bob.csr")}\n", await ca.RunAsync("request", "bob"));
    }

    [Theory]
    [InlineData("init")]
    [InlineData("issue-server")]
    [InlineData("issue-user", "alice")]
    [InlineData("request", "carol")]
    public async Task What_is_there_is_not_overwritten_unless_that_is_wanted(params string[] command)
    {
        using var ca = await CaFixture.WithCaAsync();
        await ca.RunAsync("issue-server");
        await ca.RunAsync("issue-user", "alice");
        await ca.RunAsync("request", "carol");
        var before = ca.Snapshot();

        Assert.Contains("is there already", await ca.RefusedAsync(command), StringComparison.Ordinal);
        await ca.RunAsync([.. command, "--force"]);

        Assert.NotEqual(before, ca.Snapshot());
    }

    [Fact]
    public async Task With_keep_a_good_certificate_is_left_and_one_that_has_expired_is_renewed()
    {
        using var ca = await CaFixture.WithCaAsync();
        string[][] commands = [["init", "--keep"], ["issue-server", "--keep"], ["issue-user", "alice", "--keep"]];
        foreach (var command in commands)
        {
            await ca.RunAsync(command);
        }

        var before = ca.Snapshot();
        foreach (var command in commands)
        {
            Assert.StartsWith("kept     ", await ca.RunAsync(command), StringComparison.Ordinal);
        }

        Assert.Equal(before, ca.Snapshot());

        ca.Clock.Advance(TimeSpan.FromDays(366));
        Assert.StartsWith($"renewed  {ca.PathOf("alice.crt")}", await ca.RunAsync(commands[2]), StringComparison.Ordinal);
        Assert.StartsWith($"renewed  {ca.PathOf("server.crt")}", await ca.RunAsync(commands[1]), StringComparison.Ordinal);
        Assert.StartsWith($"kept     {ca.PathOf("server-ca.crt")}", await ca.RunAsync(commands[0]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_keep_a_server_gets_another_certificate_when_it_has_other_hosts()
    {
        using var ca = await CaFixture.WithCaAsync();
        await ca.RunAsync("issue-server", "--host", "a.example");

        Assert.StartsWith(
            "kept", await ca.RunAsync("issue-server", "--keep", "--host", "a.example"), StringComparison.Ordinal);
        Assert.StartsWith(
            "renewed", await ca.RunAsync("issue-server", "--keep", "--host", "b.example"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_keep_nobody_who_was_revoked_comes_back()
    {
        using var ca = await CaFixture.WithCaAsync();
        await ca.RunAsync("issue-user", "alice");
        await ca.RunAsync("revoke", "alice");

        Assert.Contains("was revoked on", await ca.RefusedAsync("issue-user", "alice", "--keep"), StringComparison.Ordinal);
        Assert.Contains("was revoked on", await ca.RefusedAsync("renew", "alice"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_of_somebody_else_in_that_place_is_not_kept_for_good()
    {
        using var ca = await CaFixture.WithCaAsync();
        using var other = await CaFixture.WithCaAsync();
        await other.RunAsync("issue-user", "alice");
        File.Copy(other.PathOf("alice.crt"), ca.PathOf("alice.crt"));

        Assert.Contains(
            "was not issued by this CA", await ca.RefusedAsync("issue-user", "alice", "--keep"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_does_not_belong_to_the_certificate_is_found_out()
    {
        using var ca = await CaFixture.WithCaAsync();
        await ca.RunAsync("issue-user", "alice");
        await ca.RunAsync("issue-user", "bob");
        File.Copy(ca.PathOf("bob.key"), ca.PathOf("alice.key"), overwrite: true);

        Assert.Contains(
            "does not belong", await ca.RefusedAsync("issue-user", "alice", "--keep"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("server-ca")]
    [InlineData("client-ca")]
    [InlineData("server")]
    public async Task A_user_cannot_take_the_files_of_the_CA(string name)
    {
        using var ca = await CaFixture.WithCaAsync();

        Assert.Contains("give another name", await ca.RefusedAsync("issue-user", name, "--force"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_is_a_servers_or_a_users()
    {
        using var ca = await CaFixture.WithCaAsync();
        await ca.RunAsync("issue-server", "node1");
        await ca.RunAsync("issue-user", "alice");

        Assert.Contains("'node1' is a server here", await ca.RefusedAsync("issue-user", "node1", "--force"), StringComparison.Ordinal);
        Assert.Contains("'alice' is a user here", await ca.RefusedAsync("issue-server", "alice", "--force"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_good_for_longer_than_its_CA()
    {
        using var ca = new CaFixture();
        await ca.RunAsync("init", "--days", "20");
        await ca.RunAsync("issue-user", "alice");

        using var authority = X509CertificateLoader.LoadCertificateFromFile(ca.PathOf("client-ca.crt"));
        using var alice = X509CertificateLoader.LoadCertificateFromFile(ca.PathOf("alice.crt"));
        Assert.Equal(authority.NotAfter, alice.NotAfter);
        Assert.InRange(alice.NotBefore, authority.NotBefore, ca.Clock.GetUtcNow().LocalDateTime);
        Assert.Contains("give --days 20 at most", await ca.RefusedAsync("issue-user", "bob", "--days", "21"), StringComparison.Ordinal);

        ca.Clock.Advance(TimeSpan.FromDays(21));
        Assert.Contains("expired on", await ca.RefusedAsync("issue-user", "bob"), StringComparison.Ordinal);
        Assert.Contains("expired on", await ca.RefusedAsync("init", "--keep"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("client-ca.key", "is missing")]
    [InlineData("client-ca.crt", "is missing")]
    [InlineData("issued.jsonl", "there is no CA in")]
    public async Task A_CA_that_is_not_whole_says_what_it_lacks(string file, string expected)
    {
        using var ca = await CaFixture.WithCaAsync();
        File.Delete(ca.PathOf(file));

        Assert.Contains(expected, await ca.RefusedAsync("issue-user", "alice"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_key_of_another_CA_is_not_signed_with()
    {
        using var ca = await CaFixture.WithCaAsync();
        File.Copy(ca.PathOf("server-ca.key"), ca.PathOf("client-ca.key"), overwrite: true);

        Assert.Contains("cannot be used together", await ca.RefusedAsync("issue-user", "alice"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_CA_the_line_says_how_to_make_one()
    {
        using var ca = new CaFixture();

        var run = await ca.TryAsync("issue-user", "alice");

        Assert.Equal(
            $"levity: there is no directory '{ca.Directory}': `levity ca init --dir {ca.Directory}` makes a CA there, and "
            + "--dir DIR says where one is\n",
            run.Error);
        Assert.Equal(125, run.ExitCode);
        Assert.False(Directory.Exists(ca.Directory));
    }
}
