using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Levity.EndToEnd.Tests.Fixtures;
using Levity.Protocol;

namespace Levity.EndToEnd.Tests.Tls;

/// <summary>Whom the server lets in. The access matrix has the usual suspects, and here are the odd ones.</summary>
public sealed class ClientCertificateTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private const string AnyUsage = "2.5.29.37.0";

    private readonly LevityServer _server = shared.Server;

    private CertificateAuthority Clients => _server.Certificates.Clients;

    [Fact]
    public async Task Nobody_without_a_certificate() => await RefusedAsync(null);

    [Fact]
    public async Task Nobody_with_the_servers_own_certificate() => await RefusedAsync(_server.Certificates.Server);

    [Fact]
    public async Task Nobody_whose_certificate_is_for_anything() =>
        await RefusedAsync(Clients.Issue("any-usage", new X500DistinguishedName("CN=alice"), [AnyUsage]));

    [Fact]
    public async Task Nobody_without_a_common_name() => await RefusedAsync(UserOf("no-name", "O=alice"));

    [Fact]
    public async Task Nobody_with_two_common_names() => await RefusedAsync(UserOf("two-names", "CN=alice, CN=bob"));

    [Fact]
    public async Task Nobody_with_two_common_names_in_one_part_of_the_name() =>
        await RefusedAsync(UserOf("joined-names", "CN=alice + CN=bob"));

    [Theory]
    [InlineData("cyrillic", "аlice")]
    [InlineData("space", "alice ")]
    [InlineData("newline", "alice\nbob")]
    [InlineData("nul", "alice\0bob")]
    [InlineData("path", "../alice")]
    public async Task Nobody_whose_name_could_be_mistaken_for_another(string file, string name)
    {
        var builder = new X500DistinguishedNameBuilder();
        builder.AddCommonName(name);

        await RefusedAsync(Clients.Issue(file, builder.Build(), [CertificateAuthority.ClientAuthentication]));
    }

    [Fact]
    public async Task Nobody_who_signed_the_certificate_themselves() => await RefusedAsync(await SelfSignedAsync(
        new X509EnhancedKeyUsageExtension([new Oid(CertificateAuthority.ClientAuthentication)], critical: false)));

    // .NET throws while it builds the chain: the fuzzer's finding.
    [Fact]
    public async Task Nobody_with_an_extension_that_cannot_be_read_and_the_server_goes_on()
    {
        await SClient.NeedAsync();
        foreach (var extension in new[] { "2.5.29.37", "2.5.29.19", "2.5.29.35" })
        {
            var user = await SelfSignedAsync(new X509Extension(extension, [0x05, 0x00], critical: false));

            SClient.AssertNotAnswered(await SClient.ConnectAsync(_server, SClient.ProofOf(user)));
        }

        SClient.AssertAnswered(await SClient.ConnectAsync(_server, SClient.ProofOf(_server.Certificates.Alice)));
        Assert.DoesNotContain("Unhandled exception", _server.Messages, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Upper_case_is_another_user()
    {
        var task = await _server.Client().StartAsync("true");
        var alice = _server.Client(Clients.IssueUser("upper", "ALICE"));

        var refusal = await Assert.ThrowsAsync<RpcException>(() => alice.QueryAsync(task));

        Assert.Equal(StatusCode.NotFound, refusal.StatusCode);
    }

    [Fact]
    public async Task A_renewed_certificate_of_the_same_name_is_the_same_user()
    {
        var task = await _server.Client().StartAsync("true");

        await _server.Client(Clients.IssueUser("renewed", "alice")).SuccessAsync(task);
    }

    [Fact]
    public async Task A_certificate_that_expires_ends_the_streams_and_calls_of_its_connection()
    {
        var (client, task, log) = await FollowUntilExpiryAsync(TimeSpan.FromSeconds(2));
        using var following = log;

        var end = await Assert.ThrowsAsync<RpcException>(() => log.NextAsync());
        await client.RefusedAsync(task);

        Assert.Equal(StatusCode.Unauthenticated, end.StatusCode);
        Assert.Equal(TaskStatusCode.Running, (await _server.Client().QueryAsync(task)).StatusCode);
    }

    // With a certificate that lasts longer when the machine is too slow to begin before it has expired.
    private async Task<(TestClient Client, string Task, AsyncServerStreamingCall<StreamLogsResponse> Log)> FollowUntilExpiryAsync(
        TimeSpan expiry)
    {
        var client = _server.Client(Clients.Issue(
            $"short-{expiry.TotalSeconds}",
            new X500DistinguishedName("CN=alice"),
            [CertificateAuthority.ClientAuthentication],
            expiry));
        try
        {
            var task = await client.ShellAsync("echo ready; exec sleep 300");
            var log = client.Follow(task);
            await log.NextAsync();
            return (client, task, log);
        }
        catch (RpcException) when (expiry < Eventually.Bound)
        {
            return await FollowUntilExpiryAsync(2 * expiry);
        }
    }

    private async Task<Identity> SelfSignedAsync(params X509Extension[] extensions)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=alice", key, HashAlgorithmName.SHA256);
        Array.ForEach(extensions, request.CertificateExtensions.Add);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        var name = Path.Combine(_server.Scratch, $"self-{certificate.SerialNumber}");
        var files = new Identity($"{name}.crt", $"{name}.key");
        var token = TestContext.Current.CancellationToken;
        await File.WriteAllTextAsync(files.CertificateFile, certificate.ExportCertificatePem(), token);
        await File.WriteAllTextAsync(files.KeyFile, key.ExportPkcs8PrivateKeyPem(), token);
        return files;
    }

    private Identity UserOf(string file, string subject) => Clients.Issue(
        file, new X500DistinguishedName(subject), [CertificateAuthority.ClientAuthentication]);

    private async Task RefusedAsync(Identity? user) => Assert.Null(
        await RawConnection.GreetAsync(_server, user, SslProtocols.Tls13, SslApplicationProtocol.Http2));
}
