namespace Levity.Cli.Tests.Commands.Ca;

/// <summary>What openssl says of all that <c>levity ca</c> makes.</summary>
public sealed class ProductTests
{
    [Fact]
    public async Task The_authorities_are_authorities_for_leaves_and_lists_and_nothing_else()
    {
        using var ca = await CaFixture.WithCaAsync();

        foreach (var (file, name) in new[] { ("server-ca", "Levity server CA"), ("client-ca", "Levity client CA") })
        {
            var text = await TextAsync(ca, file);
            Assert.Matches($"Subject: CN = {name} [0-9A-F]{{8}}\n", text);
            Assert.Matches($"Issuer: CN = {name} [0-9A-F]{{8}}\n", text);
            Assert.Matches(@"Basic Constraints: critical\n +CA:TRUE, pathlen:0\n", text);
            Assert.Matches(@"Key Usage: critical\n +Certificate Sign, CRL Sign\n", text);
            Assert.Contains("NIST CURVE: P-256", text, StringComparison.Ordinal);
            Assert.Contains("Subject Key Identifier", text, StringComparison.Ordinal);
            await OpenSsl.RunAsync("verify", "-x509_strict", "-CAfile", ca.PathOf($"{file}.crt"), ca.PathOf($"{file}.crt"));
        }
    }

    [Fact]
    public async Task A_servers_certificate_is_for_its_hosts_and_for_servers_only()
    {
        using var ca = await CaFixture.WithCaAsync();
        await ca.RunAsync("issue-server", "--host", "levity.example.org", "--host", "192.0.2.7", "--host", "2001:db8::7");

        var text = await TextAsync(ca, "server");
        Assert.Matches(@"Basic Constraints: critical\n +CA:FALSE\n", text);
        Assert.Matches(@"Key Usage: critical\n +Digital Signature\n", text);
        Assert.Matches(@"Extended Key Usage: *\n +TLS Web Server Authentication\n", text);
        Assert.Contains(
            "DNS:levity.example.org, IP Address:192.0.2.7, IP Address:2001:DB8:0:0:0:0:0:7\n", text, StringComparison.Ordinal);
        foreach (var name in (string[][])
        [
            ["-verify_hostname", "levity.example.org"], ["-verify_ip", "192.0.2.7"], ["-verify_ip", "2001:db8::7"],
        ])
        {
            Assert.True(await StandsAsync(ca, "server", "server-ca", "sslserver", name));
        }

        Assert.False(await StandsAsync(ca, "server", "server-ca", "sslserver", "-verify_hostname", "example.org"));
        Assert.False(await StandsAsync(ca, "server", "server-ca", "sslclient"));
        Assert.False(await StandsAsync(ca, "server", "client-ca", "sslserver"));
        await KeyBelongsAsync(ca, "server");
    }

    [Fact]
    public async Task A_server_is_this_machine_unless_told_otherwise()
    {
        using var ca = await CaFixture.WithCaAsync();
        await ca.RunAsync("issue-server");

        Assert.Contains(
            "DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1\n",
            await TextAsync(ca, "server"),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_users_certificate_has_the_name_and_is_for_users_only()
    {
        using var ca = await CaFixture.WithCaAsync();
        await ca.RunAsync("issue-user", "alice.smith_2@example.org+x-y");

        var text = await TextAsync(ca, "alice.smith_2@example.org+x-y");
        Assert.Matches("Subject: CN = \"?alice\\.smith_2@example\\.org\\+x-y\"?\n", text);
        Assert.Matches(@"Basic Constraints: critical\n +CA:FALSE\n", text);
        Assert.Matches(@"Key Usage: critical\n +Digital Signature\n", text);
        Assert.Matches(@"Extended Key Usage: *\n +TLS Web Client Authentication\n", text);
        Assert.Contains("Authority Key Identifier", text, StringComparison.Ordinal);
        Assert.True(await StandsAsync(ca, "alice.smith_2@example.org+x-y", "client-ca", "sslclient"));
        Assert.False(await StandsAsync(ca, "alice.smith_2@example.org+x-y", "client-ca", "sslserver"));
        Assert.False(await StandsAsync(ca, "alice.smith_2@example.org+x-y", "server-ca", "sslclient"));
        await KeyBelongsAsync(ca, "alice.smith_2@example.org+x-y");
    }

    [Fact]
    public async Task A_list_is_signed_and_revokes_whom_it_should_and_nobody_else()
    {
        using var ca = await CaFixture.WithCaAsync();
        await ca.RunAsync("issue-user", "alice");
        await ca.RunAsync("issue-user", "bob");
        var list = ca.PathOf("client-ca.crl");
        string[] verify = ["crl", "-in", list, "-noout", "-verify", "-CAfile", ca.PathOf("client-ca.crt")];
        Assert.Contains("verify OK", await OpenSsl.RunAsync(verify), StringComparison.Ordinal);
        Assert.Matches("crlNumber=(0x)?01\n", await NumberAsync(list));
        Assert.True(await StandsAsync(ca, "alice", "client-ca", "sslclient", "-crl_check", "-CRLfile", list));

        await ca.RunAsync("revoke", "alice", "--reason", "key-compromise");

        Assert.Contains("verify OK", await OpenSsl.RunAsync(verify), StringComparison.Ordinal);
        Assert.Matches("crlNumber=(0x)?02\n", await NumberAsync(list));
        Assert.False(await StandsAsync(ca, "alice", "client-ca", "sslclient", "-crl_check", "-CRLfile", list));
        Assert.True(await StandsAsync(ca, "bob", "client-ca", "sslclient", "-crl_check", "-CRLfile", list));
        Assert.Contains("Key Compromise", await OpenSsl.RunAsync("crl", "-in", list, "-noout", "-text"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serial_numbers_are_long_and_openssl_prints_them_as_we_do()
    {
        using var ca = await CaFixture.WithCaAsync();
        await ca.RunAsync("issue-user", "alice");

        var serial = await OpenSsl.RunAsync("x509", "-in", ca.PathOf("alice.crt"), "-noout", "-serial");

        Assert.Matches(@"\Aserial=[0-9A-F]{32}\n\z", serial);
        Assert.Contains(serial["serial=".Length..].TrimEnd(), await ca.RunAsync("list"), StringComparison.Ordinal);
    }

    private static Task<string> NumberAsync(string list) => OpenSsl.RunAsync("crl", "-in", list, "-noout", "-crlnumber");

    // openssl 3.2 and later write CN=… without spaces.
    private static async Task<string> TextAsync(CaFixture ca, string name) =>
        (await OpenSsl.RunAsync("x509", "-in", ca.PathOf($"{name}.crt"), "-noout", "-text"))
        .Replace("CN=", "CN = ", StringComparison.Ordinal);

    private static async Task<bool> StandsAsync(
        CaFixture ca, string name, string authority, string purpose, params string[] options)
    {
        var (exitCode, _) = await OpenSsl.TryAsync(
        [
            "verify", "-x509_strict", "-purpose", purpose, .. options, "-CAfile", ca.PathOf($"{authority}.crt"),
            ca.PathOf($"{name}.crt"),
        ]);
        return exitCode == 0;
    }

    private static async Task KeyBelongsAsync(CaFixture ca, string name) => Assert.Equal(
        await OpenSsl.RunAsync("x509", "-in", ca.PathOf($"{name}.crt"), "-noout", "-pubkey"),
        await OpenSsl.RunAsync("pkey", "-in", ca.PathOf($"{name}.key"), "-pubout"));
}
