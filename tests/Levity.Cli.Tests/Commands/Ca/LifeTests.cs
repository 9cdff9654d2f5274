using System.Text.Json.Nodes;

namespace Levity.Cli.Tests.Commands.Ca;

/// <summary>Renewal, revocation, and the list of what there is.</summary>
public sealed class LifeTests
{
    [Fact]
    public async Task What_ends_soon_is_shown_and_renewed_for_the_same_key_with_a_new_serial_number()
    {
        using var ca = await CaFixture.WithCaAsync();
        await ca.RunAsync("issue-server", "--host", "levity.example.org");
        await ca.RunAsync("issue-user", "alice", "--days", "40");
        await ca.RunAsync("issue-user", "bob", "--days", "100");
        Assert.Equal("valid", await StateAsync(ca, "alice"));
        Assert.Empty(await ca.RunAsync("renew"));

        ca.Clock.Advance(TimeSpan.FromDays(20));
        Assert.Equal(("expiring", "valid"), (await StateAsync(ca, "alice"), await StateAsync(ca, "bob")));
        var (key, before) = (ca.Read("alice.key"), ca.Read("alice.crt"));
        var renewed = await ca.RunAsync("renew");

        Assert.Equal(
            $"renewed  {ca.PathOf("alice.crt")}, until {ca.Clock.GetUtcNow().AddDays(40):yyyy-MM-dd}\n", renewed);
        Assert.Equal(key, ca.Read("alice.key"));
        Assert.NotEqual(before, ca.Read("alice.crt"));
        Assert.Equal("valid", await StateAsync(ca, "alice"));
        Assert.Equal(2, (await SerialsAsync(ca, "alice")).Distinct().Count());
        Assert.StartsWith("renewed", await ca.RunAsync("renew", "server"), StringComparison.Ordinal);
        Assert.Contains(
            "DNS:levity.example.org\n",
            await OpenSsl.RunAsync("x509", "-in", ca.PathOf("server.crt"), "-noout", "-text"),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Once_a_year_renew_does_the_lists_as_well()
    {
        using var ca = await CaFixture.WithCaAsync();
        ca.Clock.Advance(TimeSpan.FromDays(340));
        Assert.Equal("expiring", await StateAsync(ca, "client-ca.crl"));

        Assert.Contains($"made     {ca.PathOf("client-ca.crl")}, ", await ca.RunAsync("renew"), StringComparison.Ordinal);

        Assert.Equal("valid", await StateAsync(ca, "client-ca.crl"));
    }

    [Fact]
    public async Task Who_has_expired_is_renewed_only_when_named()
    {
        using var ca = await CaFixture.WithCaAsync();
        await ca.RunAsync("issue-user", "alice", "--days", "1");
        ca.Clock.Advance(TimeSpan.FromDays(2));
        Assert.Equal("expired", await StateAsync(ca, "alice"));

        Assert.Empty(await ca.RunAsync("renew"));
        Assert.StartsWith("renewed", await ca.RunAsync("renew", "alice", "--days", "90"), StringComparison.Ordinal);
        Assert.Equal("valid", await StateAsync(ca, "alice"));
    }

    [Fact]
    public async Task One_that_cannot_be_renewed_does_not_keep_the_others_from_it()
    {
        using var ca = await CaFixture.WithCaAsync();
        await ca.RunAsync("issue-user", "alice");

        var run = await ca.TryAsync("renew", "nobody", "alice");

        Assert.Equal(125, run.ExitCode);
        Assert.StartsWith($"levity: nothing was issued in '{ca.Directory}' to 'nobody'", run.Error, StringComparison.Ordinal);
        Assert.StartsWith("renewed", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Revoking_a_name_takes_back_all_that_it_has_and_a_serial_number_just_the_one()
    {
        using var ca = await CaFixture.WithCaAsync();
        await ca.RunAsync("issue-user", "alice");
        await ca.RunAsync("renew", "alice");
        await ca.RunAsync("renew", "alice");
        var serials = await SerialsAsync(ca, "alice");

        var byNumber = await ca.RunAsync("revoke", serials[0].ToLowerInvariant());
        Assert.StartsWith($"revoked  user alice, {serials[0]}, since ", byNumber, StringComparison.Ordinal);
        Assert.Equal(["revoked", "valid", "valid"], await StatesAsync(ca, "alice"));
        Assert.Equal([serials[0]], await RevokedAsync(ca));

        await ca.RunAsync("revoke", "alice");
        Assert.Equal(["revoked", "revoked", "revoked"], await StatesAsync(ca, "alice"));
        Assert.Equal(serials.Order(), (await RevokedAsync(ca)).Order());
    }

    [Fact]
    public async Task Revoking_twice_changes_nothing_and_says_since_when()
    {
        using var ca = await CaFixture.WithCaAsync();
        await ca.RunAsync("issue-user", "alice");
        var first = await ca.RunAsync("revoke", "alice");
        var before = ca.Snapshot();
        ca.Clock.Advance(TimeSpan.FromDays(3));

        Assert.Equal(first.Split('\n')[0] + '\n', await ca.RunAsync("revoke", "alice"));
        Assert.Equal(before, ca.Snapshot());
    }

    [Fact]
    public async Task What_does_not_exist_or_has_expired_cannot_be_revoked()
    {
        using var ca = await CaFixture.WithCaAsync();
        await ca.RunAsync("issue-user", "alice", "--days", "1");
        ca.Clock.Advance(TimeSpan.FromDays(2));

        Assert.Contains("nothing was issued", await ca.RefusedAsync("revoke", "bob"), StringComparison.Ordinal);
        Assert.Contains("nothing was issued", await ca.RefusedAsync("revoke", new string('7', 32)), StringComparison.Ordinal);
        Assert.Contains("'alice' has expired on", await ca.RefusedAsync("revoke", "alice"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_number_of_a_list_grows_whatever_became_of_the_file()
    {
        using var ca = await CaFixture.WithCaAsync();
        File.Delete(ca.PathOf("client-ca.crl"));
        Assert.Equal("missing", await StateAsync(ca, "client-ca.crl"));

        await ca.RunAsync("crl", "--days", "7");

        Assert.Matches("\\AcrlNumber=(0x)?02\n", await OpenSsl.RunAsync("crl", "-in", ca.PathOf("client-ca.crl"), "-noout", "-crlnumber"));
        Assert.Equal("expiring", await StateAsync(ca, "client-ca.crl"));
    }

    [Fact]
    public async Task An_old_list_and_a_damaged_one_are_shown_and_renewed()
    {
        using var ca = await CaFixture.WithCaAsync();
        await ca.RunAsync("issue-user", "alice");
        var old = ca.Read("client-ca.crl");
        await ca.RunAsync("revoke", "alice");
        ca.Files.Write("certs/client-ca.crl", old);
        ca.Files.Write("certs/server-ca.crl", "nonsense");
        Assert.Equal(("stale", "damaged"), (await StateAsync(ca, "client-ca.crl"), await StateAsync(ca, "server-ca.crl")));

        await ca.RunAsync("renew");

        Assert.Equal(("valid", "valid"), (await StateAsync(ca, "client-ca.crl"), await StateAsync(ca, "server-ca.crl")));
        Assert.Single(await RevokedAsync(ca));
    }

    [Fact]
    public async Task The_table_is_for_people_and_JSON_has_all_of_it()
    {
        using var ca = new CaFixture();
        ca.Clock.SetUtcNow(new DateTimeOffset(2030, 1, 2, 3, 4, 5, TimeSpan.Zero));
        await ca.RunAsync("init");
        await ca.RunAsync("issue-user", "alice");
        await ca.RunAsync("revoke", "alice", "--reason", "superseded");

        var row = (await ca.RunAsync("list")).Split('\n').Single(line => line.Contains("alice", StringComparison.Ordinal));
        var item = (await ItemsAsync(ca)).Single(item => $"{item["name"]}" == "alice");

        Assert.Matches(@"\Auser +alice +2031-01-02  revoked \(superseded\)  [0-9A-F]{32}\z", row);
        Assert.True(
            JsonNode.DeepEquals(
                JsonNode.Parse($$"""
                    {
                        "kind": "user", "name": "alice", "state": "revoked", "notBefore": "2030-01-02T02:59:05Z",
                        "notAfter": "2031-01-02T03:04:05Z", "serial": "{{row[^32..]}}",
                        "revokedAt": "2030-01-02T03:04:05Z", "reason": "superseded"
                    }
                    """),
                item),
            item.ToJsonString());
    }

    private static async Task<IReadOnlyList<JsonNode>> ItemsAsync(CaFixture ca) =>
        [.. (await ca.RunAsync("list", "-o", "jsonl")).TrimEnd('\n').Split('\n').Select(line => JsonNode.Parse(line)!)];

    private static async Task<IReadOnlyList<string>> OfAsync(CaFixture ca, string name, string member) =>
        [.. (await ItemsAsync(ca)).Where(item => $"{item["name"]}" == name).Select(item => $"{item[member]}")];

    private static Task<IReadOnlyList<string>> StatesAsync(CaFixture ca, string name) => OfAsync(ca, name, "state");

    private static Task<IReadOnlyList<string>> SerialsAsync(CaFixture ca, string name) => OfAsync(ca, name, "serial");

    /// <summary>Of the newest that has this name.</summary>
    private static async Task<string> StateAsync(CaFixture ca, string name) => (await StatesAsync(ca, name))[^1];

    /// <summary>The serial numbers in the list, as openssl reads it.</summary>
    private static async Task<IReadOnlyList<string>> RevokedAsync(CaFixture ca)
    {
        const string label = "Serial Number: ";
        var text = await OpenSsl.RunAsync("crl", "-in", ca.PathOf("client-ca.crl"), "-noout", "-text");
        return
        [
            .. text.Split('\n').Where(line => line.Contains(label, StringComparison.Ordinal))
                .Select(line => line[(line.IndexOf(label, StringComparison.Ordinal) + label.Length)..].Trim()),
        ];
    }
}
