using System.Security.Cryptography;
using Levity.Cli.Tests.Certificates;

namespace Levity.Cli.Tests.Connection;

/// <summary>What is said of files that cannot be used. None of it needs a server.</summary>
public sealed class CredentialFileTests : IDisposable
{
    // openssl genpkey -algorithm ed25519; protects nothing.
    private const string Ed25519Key = """
        -----BEGIN PRIVATE KEY-----
        MC4CAQAwBQYDK2VwBCIEIJXVwUh/DLlZu3W81aplv1r/2V2dm/3ySZsm6V0+p/Nb
        -----END PRIVATE KEY-----
        """;

    // openssl req -x509 -newkey ed25519 -nodes -subj /CN=alice -days 36500
    private const string Ed25519Certificate = """
        -----BEGIN CERTIFICATE-----
        MIIBNjCB6aADAgECAhQBZjUJEQD4P77fV+2b+3O1zZ4V+zAFBgMrZXAwEDEOMAwG
        A1UEAwwFYWxpY2UwIBcNMjYxMTI0MTEwNDEwWhgPMjEyNjEwMzExMTA0MTBaMBAx
        DjAMBgNVBAMMBWFsaWNlMCowBQYDK2VwAyEAAgg8RDwFbwA/oScDugmBn0V2YSUS
        QrUP2InJfjCUZnyjUzBRMB0GA1UdDgQWBBRFCTpCk+dxiCNKhXmeLc1YOxCUfjAf
        BgNVHSMEGDAWgBRFCTpCk+dxiCNKhXmeLc1YOxCUfjAPBgNVHRMBAf8EBTADAQH/
        MAUGAytlcANBAJ5th3P65CkughzQI4cLb4msLdLOBodQCbgBvfUxZTkF5OHNEdUW
        8Pty0yNmhVnmIoJaFT+ESL5e/Wr9LcikZAg=
        -----END CERTIFICATE-----
        """;

    private readonly TemporaryDirectory _files = new();
    private readonly TestAuthority _authority = new();
    private readonly IssuedCertificate _client;
    private readonly string _certificate;
    private readonly string _key;
    private readonly string _ca;

    public CredentialFileTests()
    {
        _client = _authority.IssueClient();
        _certificate = _files.Write("alice.pem", _client.CertificatePem);
        _key = _files.Write("alice.key", _client.KeyPem);
        _ca = _files.Write("ca.pem", _authority.Certificate.ExportCertificatePem());
    }

    public void Dispose()
    {
        _client.Dispose();
        _authority.Dispose();
        _files.Dispose();
    }

    [Fact]
    public Task No_certificate() => AssertRefusedAsync(
        ["query", "1"], "no client certificate: give --certificate FILE, set LEVITY_CERTIFICATE, or have "
            + "it in a context (levity config set-context)");

    [Fact]
    public Task No_key() => AssertRefusedAsync(
        ["-c", _certificate, "query", "1"], "no key for the client certificate: give --key FILE, set LEVITY_KEY, or have it in a "
            + "context (levity config set-context)");

    [Fact]
    public Task A_certificate_file_that_is_missing() => AssertRefusedAsync(
        "/nowhere", _key, _ca, "cannot read the certificate file '/nowhere' (--certificate): there is no such file");

    [Fact]
    public Task A_key_file_that_is_missing() => AssertRefusedAsync(
        _certificate, "/nowhere/a", _ca, "cannot read the key file '/nowhere/a' (--key): there is no such file");

    [Fact]
    public Task A_CA_file_that_is_missing() => AssertRefusedAsync(
        _certificate, _key, "/nowhere/a", "cannot read the CA file '/nowhere/a' (--ca): there is no such file");

    [Fact]
    public async Task A_file_that_a_variable_names()
    {
        var run = await CommandRun.ExecuteAsync(["query", "1"], new()
        {
            ["LEVITY_CERTIFICATE"] = "/nowhere",
            ["LEVITY_KEY"] = _key,
        });

        Assert.Equal(
            "levity: cannot read the certificate file '/nowhere' (LEVITY_CERTIFICATE): there is no such file\n",
            run.Error);
    }

    [Fact]
    public Task A_directory() => AssertRefusedAsync(
        _certificate, "/tmp", _ca, "cannot read the key file '/tmp' (--key): it is a directory");

    [Fact]
    public async Task A_file_without_permission()
    {
        Assert.SkipWhen(Environment.IsPrivilegedProcess, "root may read everything");
        var file = _files.Write("secret", _client.KeyPem);
        File.SetUnixFileMode(file, UnixFileMode.None);

        await AssertRefusedAsync(
            _certificate, file, _ca, $"cannot read the key file '{file}' (--key): permission denied");
    }

    [Fact]
    public Task A_certificate_file_without_a_certificate() => AssertRefusedAsync(
        _key,
        _key,
        _ca,
        $"the certificate file '{_key}' (--certificate) has no certificate in it (PEM, -----BEGIN CERTIFICATE-----)");

    [Fact]
    public Task A_certificate_that_is_damaged()
    {
        var file = _files.Write("bad.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        return AssertRefusedAsync(file, _key, _ca, $"the certificate file '{file}' (--certificate) is damaged: ");
    }

    [Fact]
    public Task A_key_file_without_a_key() => AssertRefusedAsync(
        _certificate,
        _certificate,
        _ca,
        $"the key file '{_certificate}' (--key) has no private key in it (PEM, -----BEGIN PRIVATE KEY-----)");

    [Fact]
    public Task A_key_that_is_damaged()
    {
        var file = _files.Write("bad.key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
        return AssertRefusedAsync(_certificate, file, _ca, $"the key file '{file}' (--key) is damaged: ");
    }

    [Fact]
    public Task A_key_that_is_damaged_further_in()
    {
        var encoded = _client.Key.ExportPkcs8PrivateKey();
        encoded.AsSpan(^100).Clear();
        var file = _files.Write("bad.key", PemEncoding.WriteString("PRIVATE KEY", encoded));
        return AssertRefusedAsync(_certificate, file, _ca, $"the key '{file}' (--key) cannot be used: ");
    }

    [Fact]
    public Task A_key_that_is_encrypted()
    {
        var parameters = new PbeParameters(PbeEncryptionAlgorithm.Aes128Cbc, HashAlgorithmName.SHA256, 1);
        var file = _files.Write("encrypted.key", _client.Key.ExportEncryptedPkcs8PrivateKeyPem("secret", parameters));
        return AssertRefusedAsync(
            _certificate,
            file,
            _ca,
            $"the key '{file}' (--key) is encrypted, and levity asks for no passphrase: decrypt it (openssl pkey)");
    }

    [Fact]
    public Task The_key_of_another_certificate()
    {
        using var other = _authority.IssueClient();
        var file = _files.Write("other.key", other.KeyPem);
        return AssertRefusedAsync(_certificate, file, _ca, Strangers(file));
    }

    [Fact]
    public Task A_key_of_another_kind()
    {
        using var other = _authority.IssueRsaClient();
        var file = _files.Write("other.key", other.KeyPem);
        return AssertRefusedAsync(_certificate, file, _ca, Strangers(file));
    }

    [Fact]
    public Task An_Ed25519_key()
    {
        var file = _files.Write("ed25519.key", Ed25519Key);
        return AssertRefusedAsync(
            _certificate,
            file,
            _ca,
            $"the key '{file}' (--key) is an Ed25519 key, which levity cannot use: make one with an ECDSA P-256 key");
    }

    [Fact]
    public Task An_Ed25519_certificate()
    {
        var file = _files.Write("ed25519.pem", Ed25519Certificate);
        return AssertRefusedAsync(
            file,
            _key,
            _ca,
            $"the certificate '{file}' (--certificate) has an Ed25519 key, which levity cannot use: make one with an "
            + "ECDSA P-256 key");
    }

    [Fact]
    public Task A_CA_file_without_a_root() => AssertRefusedAsync(
        _certificate,
        _key,
        _certificate,
        $"the CA file '{_certificate}' (--ca) has no root in it: give the self-signed certificate that the others lead "
        + "to");

    private string Strangers(string keyFile) =>
        $"the key '{keyFile}' (--key) does not belong to the certificate '{_certificate}' (--certificate): give the "
        + "two that were made together";

    private static Task AssertRefusedAsync(string certificate, string key, string ca, string reason) =>
        AssertRefusedAsync(["-c", certificate, "-k", key, "--ca", ca, "query", "1"], reason);

    private static async Task AssertRefusedAsync(string[] args, string reason)
    {
        var run = await CommandRun.ExecuteAsync(args);

        Assert.StartsWith($"levity: {reason}", run.Error, StringComparison.Ordinal);
        Assert.Equal(1, run.Error.Count(c => c == '\n'));
        Assert.Empty(run.Output);
        Assert.Equal(125, run.ExitCode);
    }
}
