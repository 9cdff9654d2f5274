using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Levity.Daemon.Security;
using static Levity.Daemon.Tests.Security.TestCertificates;

namespace Levity.Daemon.Tests.Security;

/// <summary>Real handshakes, set up as Kestrel sets up SslStream.</summary>
public sealed class ClientCertificatePolicyTests : IDisposable
{
    private readonly X509Certificate2 _authority = NewAuthority();

    public void Dispose() => _authority.Dispose();

    [Fact]
    public async Task A_good_certificate_is_let_in() => Assert.True(await IsLetInAsync(_authority.Issue(new())));

    [Fact]
    public async Task A_certificate_for_clients_and_servers_is_let_in() =>
        Assert.True(await IsLetInAsync(
            _authority.Issue(new() { Usages = [ServerAuthentication, ClientAuthentication] })));

    [Fact]
    public async Task A_certificate_of_an_intermediate_is_let_in_with_it_and_not_without_it()
    {
        using var intermediate = _authority.Issue(
            new() { Subject = new("CN=Intermediate"), Usages = [], IsAuthority = true });
        using var leaf = intermediate.Issue(new());

        Assert.True(await IsLetInAsync(leaf, intermediate));
        Assert.False(await IsLetInAsync(leaf));
    }

    [Fact]
    public async Task Either_of_two_authorities_is_good_while_one_replaces_the_other()
    {
        using var newAuthority = NewAuthority("New CA");
        X509Certificate2Collection both = [_authority, newAuthority];

        Assert.True(await IsLetInAsync(both, _authority.Issue(new())));
        Assert.True(await IsLetInAsync(both, newAuthority.Issue(new())));
    }

    [Fact]
    public async Task Nobody_comes_in_without_a_certificate() => Assert.False(await IsLetInAsync(leaf: null));

    [Fact]
    public async Task A_certificate_of_another_authority_is_refused()
    {
        using var other = NewAuthority("Other CA");
        using var sameName = NewAuthority();

        Assert.False(await IsLetInAsync(other.Issue(new())));
        Assert.False(await IsLetInAsync(other.Issue(new()), other));
        Assert.False(await IsLetInAsync(sameName.Issue(new()), sameName));
    }

    [Fact]
    public async Task A_self_signed_certificate_is_refused() => Assert.False(await IsLetInAsync(SelfSigned(new())));

    [Fact]
    public async Task A_certificate_is_refused_after_its_time_and_before_it()
    {
        var now = TimeProvider.System.GetUtcNow();

        Assert.False(await IsLetInAsync(
            _authority.Issue(new() { NotBefore = now.AddMinutes(-10), NotAfter = now.AddMinutes(-1) })));
        Assert.False(await IsLetInAsync(
            _authority.Issue(new() { NotBefore = now.AddMinutes(10), NotAfter = now.AddMinutes(20) })));
    }

    [Theory]
    [InlineData]
    [InlineData(ServerAuthentication)]
    [InlineData(AnyExtendedKeyUsage)]
    [InlineData("1.3.6.1.5.5.7.3.3")]
    [InlineData(AnyExtendedKeyUsage, ServerAuthentication)]
    public async Task A_certificate_that_is_not_expressly_for_clients_is_refused(params string[] usages) =>
        Assert.False(await IsLetInAsync(_authority.Issue(new() { Usages = usages })));

    [Fact]
    public async Task An_intermediate_that_is_for_servers_only_has_no_clients()
    {
        using var intermediate = _authority.Issue(
            new() { Subject = new("CN=Servers only"), Usages = [ServerAuthentication], IsAuthority = true });

        Assert.False(await IsLetInAsync(intermediate.Issue(new()), intermediate));
    }

    [Fact]
    public async Task A_certificate_authority_is_nobody()
    {
        Assert.False(await IsLetInAsync(_authority.Issue(new() { IsAuthority = true })));
        using var root = SelfSigned(new() { Subject = new("CN=root"), IsAuthority = true });
        Assert.False(await IsLetInAsync([root], root));
    }

    [Fact]
    public void Who_does_not_say_to_be_no_authority_is_none()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=alice", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(
            new X509EnhancedKeyUsageExtension([new Oid(ClientAuthentication)], critical: false));
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now, now.AddHours(1));

        Assert.True(ClientCertificatePolicy.IsAcceptable(certificate, SslPolicyErrors.None));
    }

    [Fact]
    public async Task A_leaf_cannot_issue()
    {
        using var alice = _authority.Issue(new());
        using var forged = alice.Issue(new() { Subject = new("CN=bob") });

        Assert.False(await IsLetInAsync(forged, alice));
    }

    [Fact]
    public async Task A_name_that_its_authority_may_not_give_out_is_refused()
    {
        // NameConstraints (RFC 5280, 4.2.1.10), critical: permitted is the directory name O=Team A.
        var onlyTeamA = Convert.FromHexString("3019a0173015a4133011310f300d060355040a0c065465616d2041");
        var constraints = new X509Extension("2.5.29.30", onlyTeamA, critical: true);
        using var constrained = _authority.Issue(
            new() { Subject = new("CN=Team A CA"), Usages = [], IsAuthority = true, Extensions = [constraints] });

        Assert.True(await IsLetInAsync(constrained.Issue(new() { Subject = new("CN=alice,O=Team A") }), constrained));
        Assert.False(await IsLetInAsync(constrained.Issue(new() { Subject = new("CN=alice,O=Team B") }), constrained));
    }

    [Fact]
    public async Task A_critical_extension_that_nobody_understands_is_refused()
    {
        var unheardOf = new X509Extension("1.3.6.1.4.1.99999.1", [5, 0], critical: true);

        Assert.False(await IsLetInAsync(_authority.Issue(new() { Extensions = [unheardOf] })));
    }

    [Fact]
    public async Task A_chain_that_is_longer_than_its_authority_permits_is_refused()
    {
        using var root = SelfSigned(new() { Subject = new("CN=Short CA"), Usages = [], IsAuthority = true, PathLength = 0 });
        using var intermediate = root.Issue(new() { Subject = new("CN=Intermediate"), Usages = [], IsAuthority = true });

        Assert.True(await IsLetInAsync([root], root.Issue(new())));
        Assert.False(await IsLetInAsync([root], intermediate.Issue(new()), intermediate));
    }

    [Fact]
    public async Task An_intermediate_that_has_expired_has_no_clients()
    {
        var now = TimeProvider.System.GetUtcNow();
        using var intermediate = _authority.Issue(new()
        {
            Subject = new("CN=Intermediate"),
            Usages = [],
            IsAuthority = true,
            NotBefore = now.AddHours(-2),
            NotAfter = now.AddHours(-1),
        });

        Assert.False(await IsLetInAsync(intermediate.Issue(new()), intermediate));
    }

    [Fact]
    public async Task Authorities_that_have_signed_each_other_lead_nowhere()
    {
        using var one = NewAuthority("One");
        using var other = one.Issue(new() { Subject = new("CN=Other"), Usages = [], IsAuthority = true });
        using var oneByOther = other.Issue(new() { Subject = new("CN=One"), Usages = [], IsAuthority = true });

        Assert.False(await IsLetInAsync(oneByOther.Issue(new()), oneByOther, other));
    }

    [Fact]
    public async Task An_intermediate_of_the_right_name_with_another_key_has_no_clients()
    {
        using var real = _authority.Issue(new() { Subject = new("CN=Intermediate"), Usages = [], IsAuthority = true });
        using var forged = SelfSigned(new() { Subject = new("CN=Intermediate"), Usages = [], IsAuthority = true });

        Assert.False(await IsLetInAsync(forged.Issue(new()), real));
        Assert.False(await IsLetInAsync(forged.Issue(new()), forged, _authority));
    }

    [Fact]
    public void Whatever_byte_of_a_certificate_is_another_one_no_chain_is_built()
    {
        var encoded = _authority.Issue(new()).RawData;
        var random = new Random(4);
        var policy = new ClientCertificatePolicy([_authority]);
        for (var index = 0; index < encoded.Length; index += 3)
        {
            var changed = encoded.ToArray();
            changed[index] ^= (byte)random.Next(1, 256);
            using var chain = new X509Chain { ChainPolicy = policy.CreateChainPolicy() };

            Assert.False(IsGood(chain, changed), $"with another byte {index}: {Convert.ToHexString(changed)}");
        }
    }

    [Theory]
    [InlineData("CN=alice smith")]
    [InlineData("O=alice")]
    [InlineData("CN=alice,CN=bob")]
    public async Task A_certificate_that_names_nobody_in_particular_is_refused(string subject) =>
        Assert.False(await IsLetInAsync(_authority.Issue(new() { Subject = new(subject) })));

    [Fact]
    public async Task An_address_in_a_strangers_certificate_is_never_called()
    {
        using var tempting = new CountingListener();
        X509Extension[] addresses =
        [
            new X509AuthorityInformationAccessExtension(ocspUris: [tempting.Uri], caIssuersUris: [tempting.Uri]),
            CertificateRevocationListBuilder.BuildCrlDistributionPointExtension([tempting.Uri]),
        ];
        using var unknown = NewAuthority("Unknown CA");
        using var stranger = unknown.Issue(new() { Extensions = addresses });
        using var known = _authority.Issue(new() { Extensions = addresses });

        Assert.False(await IsLetInAsync(stranger));
        Assert.True(await IsLetInAsync(known));
        Assert.Equal(0, tempting.Connections);

        // The same certificate, and a policy without the precaution: it would have been called.
        using var chain = new X509Chain();
        chain.ChainPolicy = new ClientCertificatePolicy([_authority]).CreateChainPolicy();
        chain.ChainPolicy.DisableCertificateDownloads = false;
        Assert.False(chain.Build(stranger));
        Assert.NotEqual(0, tempting.Connections);
    }

    [Theory]
    [InlineData(SslPolicyErrors.RemoteCertificateNameMismatch)]
    [InlineData(SslPolicyErrors.RemoteCertificateChainErrors)]
    [InlineData(SslPolicyErrors.RemoteCertificateNotAvailable)]
    public void No_error_is_argued_away(SslPolicyErrors errors)
    {
        using var good = _authority.Issue(new());

        Assert.True(ClientCertificatePolicy.IsAcceptable(good, SslPolicyErrors.None));
        Assert.False(ClientCertificatePolicy.IsAcceptable(good, errors));
    }

    private static bool IsGood(X509Chain chain, byte[] encoded)
    {
        try
        {
            using var certificate = X509CertificateLoader.LoadCertificate(encoded);
            return chain.Build(certificate);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private Task<bool> IsLetInAsync(X509Certificate2? leaf, params X509Certificate2[] intermediates) =>
        IsLetInAsync([_authority], leaf, intermediates);

    private static async Task<bool> IsLetInAsync(
        X509Certificate2Collection roots, X509Certificate2? leaf, params X509Certificate2[] intermediates)
    {
        try
        {
            await Handshake.AcceptAsync(new ClientCertificatePolicy(roots), leaf, intermediates);
            return true;
        }
        catch (AuthenticationException)
        {
            return false;
        }
    }
}
