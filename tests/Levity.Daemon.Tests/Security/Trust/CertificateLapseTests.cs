using System.Security.Cryptography.X509Certificates;
using Levity.Daemon.Security.Trust;
using Levity.Protocol.Registry;

namespace Levity.Daemon.Tests.Security.Trust;

public sealed class CertificateLapseTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 26, 12, 0, 0, TimeSpan.Zero);

    private readonly TestTrust _trust = new();
    private readonly X509Certificate2 _user;
    private readonly X509Certificate2 _intermediate;

    public CertificateLapseTests() => (_user, _intermediate) = (_trust.Authority.Issue(new()), _trust.Authority.Issue(new()));

    public void Dispose()
    {
        _user.Dispose();
        _intermediate.Dispose();
        _trust.Dispose();
    }

    [Fact]
    public void A_certificate_is_good_until_it_is_on_a_list()
    {
        using var other = _trust.Authority.Issue(new());

        Assert.Null(Snapshot().LapseOf(Noted(), Lapses.Revoked, Now));
        Assert.Null(Snapshot(other).LapseOf(Noted(), Lapses.Revoked, Now));
        Assert.Equal("has been revoked", Snapshot(other, _user).LapseOf(Noted(), Lapses.Revoked, Now));
    }

    [Fact]
    public void An_intermediate_that_is_revoked_takes_those_with_it_that_it_has_issued() =>
        Assert.Equal("has been revoked", Snapshot(_intermediate).LapseOf(Noted(), Lapses.Revoked, Now));

    [Fact]
    public void A_certificate_is_good_until_the_first_of_its_chain_expires()
    {
        Assert.Null(Snapshot().LapseOf(Noted(), Lapses.Expired, Now.AddTicks(-1)));
        Assert.Equal("has expired", Snapshot().LapseOf(Noted(), Lapses.Expired, Now));
    }

    [Fact]
    public void What_is_not_asked_about_does_not_count()
    {
        Assert.Null(Snapshot(_user).LapseOf(Noted(), Lapses.Expired, Now.AddTicks(-1)));
        Assert.Null(Snapshot().LapseOf(Noted(), Lapses.Revoked, Now));
        Assert.Null(Snapshot(_user).LapseOf(Noted(), Lapses.None, Now));
    }

    [Fact]
    public void Of_what_was_noted_nothing_is_lost_on_the_way_to_the_disk_and_back()
    {
        var noted = Noted();

        Assert.Equal(
            [CertificateNumber.Of(_user), CertificateNumber.Of(_intermediate)], noted.Chain.Select(CertificateNumber.Of));
        Assert.Equal(Now, noted.NotAfter.ToDateTimeOffset());
    }

    private StartingCertificate Noted() => new ClientChain(
        [CertificateNumber.Of(_user), CertificateNumber.Of(_intermediate)], Root: "", Now).ToStartingCertificate();

    private TrustSnapshot Snapshot(params X509Certificate2[] revoked)
    {
        File.WriteAllBytes(_trust.CrlFile, _trust.Authority.Revoke(revoked));
        var files = _trust.FilesWithCrl();
        var clients = files.Clients();
        return new TrustSnapshot(files.Server(), clients, files.Revocations(clients));
    }
}
