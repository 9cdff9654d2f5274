namespace Levity.Cli.Tests.Commands.Ca;

/// <summary>Keys that stay with their users, and requests that should not be trusted.</summary>
public sealed class RequestCommandTests
{
    [Fact]
    public async Task A_certificate_for_a_request_is_for_its_key_which_never_travels()
    {
        using var ca = await CaFixture.WithCaAsync();
        using var alice = new CaFixture();
        await alice.RunAsync("request", "alice");

        await ca.RunAsync("issue-user", "alice", "--csr", alice.PathOf("alice.csr"));

        Assert.False(File.Exists(ca.PathOf("alice.key")));
        Assert.Equal(
            await OpenSsl.RunAsync("pkey", "-in", alice.PathOf("alice.key"), "-pubout"),
            await OpenSsl.RunAsync("x509", "-in", ca.PathOf("alice.crt"), "-noout", "-pubkey"));
        await OpenSsl.RunAsync(
            "verify", "-x509_strict", "-purpose", "sslclient", "-CAfile", ca.PathOf("client-ca.crt"), ca.PathOf("alice.crt"));
        Assert.StartsWith("renewed", await ca.RunAsync("renew", "alice"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Openssl_accepts_the_request()
    {
        using var alice = new CaFixture();
        await alice.RunAsync("request", "alice");

        var text = await OpenSsl.RunAsync("req", "-in", alice.PathOf("alice.csr"), "-noout", "-verify", "-text");

        Assert.Matches("CN ?= ?alice\n", text);
        Assert.Contains("verify OK", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rsa:2048")]
    [InlineData("ec:P-256")]
    [InlineData("ec:P-384")]
    public async Task Keys_that_are_strong_are_accepted(string key)
    {
        using var ca = await CaFixture.WithCaAsync();
        var request = await RequestAsync(ca, key, "/CN=alice");

        await ca.RunAsync("issue-user", "alice", "--csr", request);

        await OpenSsl.RunAsync(
            "verify", "-x509_strict", "-purpose", "sslclient", "-CAfile", ca.PathOf("client-ca.crt"), ca.PathOf("alice.crt"));
    }

    [Theory]
    [InlineData("rsa:1024", "its RSA key has 1024 bits")]
    [InlineData("rsa-e3:2048", "its RSA key has an exponent below 65537")]
    [InlineData("ec:secp256k1", "its key is on another curve than P-256 and P-384")]
    [InlineData("ec:P-521", "its key is on another curve than P-256 and P-384")]
    [InlineData("ed25519", "it has an Ed25519 key, which levity cannot use")]
    [InlineData("ed448", "it has a key of the kind 1.3.101.113, which levity cannot use")]
    public async Task Keys_that_are_not_are_refused_with_what_to_do(string key, string expected)
    {
        using var ca = await CaFixture.WithCaAsync();
        var request = await RequestAsync(ca, key, "/CN=alice");

        var line = await ca.RefusedAsync("issue-user", "alice", "--csr", request);

        Assert.Contains(expected, line, StringComparison.Ordinal);
        Assert.Contains("`levity ca request NAME` makes one with an ECDSA P-256 key", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_request_asks_for_beside_its_key_is_not_looked_at()
    {
        using var ca = await CaFixture.WithCaAsync();
        var request = await RequestAsync(
            ca,
            "ec:P-256",
            "/O=ACME/CN=alice",
            "-addext", "basicConstraints=critical,CA:TRUE",
            "-addext", "extendedKeyUsage=serverAuth",
            "-addext", "subjectAltName=DNS:levity.example.org");

        await ca.RunAsync("issue-user", "alice", "--csr", request);

        var text = await OpenSsl.RunAsync("x509", "-in", ca.PathOf("alice.crt"), "-noout", "-text");
        Assert.Matches("Subject: CN ?= ?alice\n", text);
        Assert.Contains("CA:FALSE", text, StringComparison.Ordinal);
        Assert.DoesNotContain("CA:TRUE", text, StringComparison.Ordinal);
        Assert.DoesNotContain("TLS Web Server", text, StringComparison.Ordinal);
        Assert.DoesNotContain("DNS:", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/O=ACME", null)]
    [InlineData("/CN=alice", null)]
    [InlineData("/CN=bob", "it is of 'bob', and not of 'alice'")]
    [InlineData("/CN=Alice", "it is of 'Alice', and not of 'alice'")]
    [InlineData("/CN=alice/CN=alice", "it has more than one Common Name")]
    [InlineData("/CN=alice+CN=bob", "it has more than one Common Name")]
    public async Task The_name_in_a_request_is_that_of_the_command_or_none(string subject, string? problem)
    {
        using var ca = await CaFixture.WithCaAsync();
        var request = await RequestAsync(ca, "ec:P-256", subject);

        if (problem is null)
        {
            await ca.RunAsync("issue-user", "alice", "--csr", request);
        }
        else
        {
            Assert.Contains(problem, await ca.RefusedAsync("issue-user", "alice", "--csr", request), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_request_that_its_keys_owner_has_not_signed_is_refused()
    {
        using var ca = await CaFixture.WithCaAsync();
        await ca.RunAsync("request", "alice");
        var lines = (await File.ReadAllLinesAsync(ca.PathOf("alice.csr"), TestContext.Current.CancellationToken)).ToList();
        var encoded = Convert.FromBase64String(string.Concat(lines[1..^1]));
        encoded[^1] ^= 1;
        var request = ca.Files.Write(
            "forged.csr", $"{lines[0]}\n{Convert.ToBase64String(encoded)}\n{lines[^1]}\n");

        var line = await ca.RefusedAsync("issue-user", "bob", "--csr", request);

        Assert.Contains("it is damaged, or its signature is wrong", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "it does not begin with -----BEGIN CERTIFICATE REQUEST-----")]
    [InlineData("hello", "it does not begin with -----BEGIN CERTIFICATE REQUEST-----")]
    [InlineData("-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n", "it is damaged")]
    [InlineData("-----BEGIN CERTIFICATE REQUEST-----\n-----END CERTIFICATE REQUEST-----\n", "it is damaged")]
    public async Task What_is_no_request_is_told_as_that(string text, string expected)
    {
        using var ca = await CaFixture.WithCaAsync();
        var request = ca.Files.Write("x.csr", text);

        var line = await ca.RefusedAsync("issue-user", "alice", "--csr", request);

        Assert.Contains($"the request '{request}' (--csr) cannot be used: {expected}", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_or_nothing_at_all_is_no_request()
    {
        using var ca = await CaFixture.WithCaAsync();

        Assert.Contains(
            "it does not begin with",
            await ca.RefusedAsync("issue-user", "alice", "--csr", ca.PathOf("client-ca.crt")),
            StringComparison.Ordinal);
        Assert.Contains(
            "there is no such file",
            await ca.RefusedAsync("issue-user", "alice", "--csr", ca.PathOf("no.csr")),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_private_key_in_its_place_that_is_another_one_is_not_left_beside_the_certificate()
    {
        using var ca = await CaFixture.WithCaAsync();
        using var alice = new CaFixture();
        await alice.RunAsync("request", "alice");
        await ca.RunAsync("issue-user", "alice");

        var line = await ca.RefusedAsync("issue-user", "alice", "--force", "--csr", alice.PathOf("alice.csr"));

        Assert.Contains("alice.key' does not belong to this certificate", line, StringComparison.Ordinal);
    }

    /// <summary>Has openssl make one, as somebody else's tools would.</summary>
    private static async Task<string> RequestAsync(CaFixture ca, string kind, string subject, params string[] more)
    {
        var (key, request) = (ca.Files.PathOf("their.key"), ca.Files.PathOf("their.csr"));
        var (algorithm, detail) = kind.Split(':') is [var name, var parameter] ? (name, parameter) : (kind, "");
        string[] options = algorithm switch
        {
            "rsa" => ["-algorithm", "rsa", "-pkeyopt", $"rsa_keygen_bits:{detail}"],
            "rsa-e3" => ["-algorithm", "rsa", "-pkeyopt", $"rsa_keygen_bits:{detail}", "-pkeyopt", "rsa_keygen_pubexp:3"],
            "ec" => ["-algorithm", "ec", "-pkeyopt", $"ec_paramgen_curve:{detail}"],
            _ => ["-algorithm", algorithm],
        };
        await OpenSsl.RunAsync(["genpkey", .. options, "-out", key]);
        await OpenSsl.RunAsync(["req", "-new", "-key", key, "-subj", subject, "-multivalue-rdn", "-out", request, .. more]);
        return request;
    }
}
