using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Levity.Daemon.Security;
using Levity.Daemon.Security.Trust;
using Levity.Daemon.Tests.Fakes;
using Microsoft.AspNetCore.Connections;
using static Levity.Daemon.Tests.Security.TestCertificates;

namespace Levity.Daemon.Tests.Security.Trust;

public sealed class TrustStoreTests : IDisposable
{
    private readonly TestTrust _trust = new();
    private readonly WatchedTime _time = new();
    private readonly CollectingLogger<TrustStore> _log = new();
    private readonly ClientConnections _connections;
    private readonly X509Certificate2 _alice;
    private TrustStore? _store;

    public TrustStoreTests()
    {
        _time.SetUtcNow(TimeProvider.System.GetUtcNow());
        _connections = new ClientConnections(_time);
        _alice = _trust.Authority.Issue(new());
    }

    public void Dispose()
    {
        _alice.Dispose();
        _trust.Dispose();
    }

    [Fact]
    public async Task A_new_certificate_is_taken_with_its_key()
    {
        var store = Open(_trust.Files);
        using var server = TestTrust.NewServer();

        _trust.WriteServer(server);

        await UntilAsync(() => store.Current.Server.TargetCertificate.Thumbprint == server.Thumbprint);
    }

    [Fact]
    public async Task A_certificate_without_its_key_waits_for_it()
    {
        var store = Open(_trust.Files);
        var old = store.Current.Server;
        using var server = TestTrust.NewServer();

        _trust.WriteCertificate(server);
        await SaidAsync("What was read before stays in force for the server's certificate");

        Assert.Same(old, store.Current.Server);
        Assert.Contains(_log.Messages, said => said.Contains(_trust.KeyFile, StringComparison.Ordinal));

        _trust.WriteKey(server);
        await SaidAsync("All is well again with the server's certificate");

        Assert.Equal(server.Thumbprint, store.Current.Server.TargetCertificate.Thumbprint);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA")]
    public async Task A_broken_file_leaves_in_force_what_was_and_is_told_once(string content)
    {
        var store = Open(_trust.Files);
        var old = store.Current.Clients;

        _trust.Write(_trust.RootsFile, content);
        await SaidAsync("What was read before stays in force for the CAs of clients");

        // A change elsewhere has all of them taken again, and is the proof that it happened.
        using var server = TestTrust.NewServer();
        _trust.WriteServer(server);
        await UntilAsync(() => store.Current.Server.TargetCertificate.Thumbprint == server.Thumbprint);

        Assert.Same(old, store.Current.Clients);
        Assert.Single(_log.Messages, said => said.Contains("stays in force", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_file_that_is_gone_is_a_broken_one()
    {
        var store = Open(_trust.Files);
        var old = store.Current.Clients;

        File.Delete(_trust.RootsFile);
        await SaidAsync($"cannot read '{_trust.RootsFile}'");

        Assert.Same(old, store.Current.Clients);
    }

    [Fact]
    public async Task Who_asks_is_told_again()
    {
        var store = Open(_trust.Files);
        _trust.Write(_trust.RootsFile, "");
        await SaidAsync("stays in force");
        var told = _log.Messages.Count;

        store.ReadAgain();

        await UntilAsync(
            () => _log.Messages.Skip(told).Any(said => said.Contains("stays in force", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_file_that_changes_under_the_eyes_is_not_taken_before_it_rests()
    {
        var store = Open(_trust.Files);
        var old = store.Current.Clients;
        using var other = NewAuthority("Other CA");
        for (var length = 0; length < 5; length++)
        {
            _trust.WriteRoots(Enumerable.Repeat(other, length + 1));
            await LookAsync();

            Assert.Same(old, store.Current.Clients);
        }

        await LookAsync();

        Assert.Equal(5, store.Current.Clients.Roots.Count);
    }

    [Fact]
    public async Task Who_is_revoked_is_refused_and_all_that_lasts_of_theirs_ends()
    {
        _trust.WriteCrl(_trust.Authority.Revoke());
        var store = Open(_trust.FilesWithCrl());
        var connection = Connect(store, _alice)!;
        Assert.Null(connection.RefusalBy(store.Current, _time.GetUtcNow()));

        _trust.WriteCrl(_trust.Authority.Revoke(_alice));
        await UntilAsync(() => connection.Refused.IsCancellationRequested);

        Assert.Equal("the certificate of alice has been revoked", connection.Refusal);
        Assert.Null(Connect(store, _alice));
    }

    [Fact]
    public async Task Who_is_of_a_CA_that_is_not_trusted_any_more_is_refused()
    {
        using var other = NewAuthority("Other CA");
        using var bob = other.Issue(new());
        _trust.WriteRoots(_trust.Authority, other);
        var store = Open(new TrustFiles(_trust.CertificateFile, _trust.KeyFile, _trust.RootsFile, crl: null));
        var (ofOld, ofNew) = (Connect(store, _alice)!, Connect(store, bob, other)!);

        _trust.WriteRoots(other);
        await UntilAsync(() => ofOld.Refused.IsCancellationRequested);

        Assert.Contains("not trusted here any more", ofOld.Refusal, StringComparison.Ordinal);
        Assert.Null(ofNew.RefusalBy(store.Current, _time.GetUtcNow()));
    }

    [Fact]
    public async Task A_CA_that_was_renewed_with_its_key_is_the_same_CA()
    {
        var store = Open(_trust.Files);
        var connection = Connect(store, _alice)!;
        using var key = _trust.Authority.GetECDsaPrivateKey()!;
        var request = new CertificateRequest(
            _trust.Authority.SubjectName, key, System.Security.Cryptography.HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var renewed = request.CreateSelfSigned(_time.GetUtcNow().AddDays(-1), _time.GetUtcNow().AddDays(9));

        _trust.WriteRoots(renewed);
        await UntilAsync(() => store.Current.Clients.Roots[0].Thumbprint == renewed.Thumbprint);

        Assert.Null(connection.RefusalBy(store.Current, _time.GetUtcNow()));
    }

    [Fact]
    public async Task Who_expires_is_refused_without_any_news()
    {
        var store = Open(_trust.Files);
        var connection = Connect(store, _alice)!;

        _time.Advance(TimeSpan.FromHours(1));
        await UntilAsync(() => connection.Refused.IsCancellationRequested);

        Assert.Contains("the certificate of alice expired", connection.Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_that_is_out_of_date_goes_on_being_used_and_is_told_when_that_happens()
    {
        _trust.WriteCrl(_trust.Authority.Revoke(_time.GetUtcNow().AddMinutes(1), _alice));
        var store = Open(_trust.FilesWithCrl());
        Assert.DoesNotContain(_log.Messages, said => said.Contains("OUT OF DATE", StringComparison.Ordinal));

        _time.Advance(TimeSpan.FromMinutes(1));
        await SaidAsync("OUT OF DATE");
        await LookAsync();

        Assert.Single(_log.Messages, said => said.Contains("OUT OF DATE", StringComparison.Ordinal));
        Assert.Null(Connect(store, _alice));
    }

    [Fact]
    public void A_list_that_is_out_of_date_already_is_told_at_once()
    {
        _trust.WriteCrl(_trust.Authority.Revoke(_time.GetUtcNow().AddMinutes(-1), _alice));

        var store = Open(_trust.FilesWithCrl());

        Assert.Contains(_log.Messages, said => said.StartsWith("Warning: ", StringComparison.Ordinal)
            && said.Contains("OUT OF DATE", StringComparison.Ordinal));
        Assert.Null(Connect(store, _alice));
    }

    [Fact]
    public async Task It_looks_by_itself_until_it_is_cancelled()
    {
        var store = Open(_trust.Files);
        using var stop = new CancellationTokenSource();
        var running = store.RunAsync(stop.Token);
        var period = await _time.NextTimerAsync();
        Assert.True(period <= TimeSpan.FromMilliseconds(250), $"{period}");

        _trust.Write(_trust.RootsFile, "");
        await Soon.Async(AdvanceUntilToldAsync());
        await stop.CancelAsync();
        await Soon.Async(running);

        async Task AdvanceUntilToldAsync()
        {
            while (!_log.Messages.Any(said => said.Contains("stays in force", StringComparison.Ordinal)))
            {
                Assert.False(running.IsCompleted);
                _time.Advance(period);
                await Task.Yield();
            }
        }
    }

    [Fact]
    public void At_the_start_nothing_may_be_wrong()
    {
        _trust.Write(_trust.CrlFile, "no list");

        Assert.Throws<InvalidCertificateException>(
            () => new TrustStore(_trust.FilesWithCrl(), _connections, _time, _log));
    }

    private TrustStore Open(TrustFiles files) => _store = new TrustStore(files, _connections, _time, _log);

    private ClientConnection? Connect(TrustStore store, X509Certificate2 client, X509Certificate2? authority = null)
    {
        using var chain = new X509Chain { ChainPolicy = store.Current.Clients.CreateChainPolicy() };
        chain.ChainPolicy.VerificationTime = _time.GetUtcNow().LocalDateTime;
        Assert.True(chain.Build(client));
        Assert.Equal(authority ?? _trust.Authority, chain.ChainElements[^1].Certificate);
        var transport = new DefaultConnectionContext();
        return _connections.TryAccept(transport, store.Current, client, chain, SslPolicyErrors.None)
            ? transport.Features.Get<ClientConnection>()
            : null;
    }

    private Task SaidAsync(string text) =>
        UntilAsync(() => _log.Messages.Any(said => said.Contains(text, StringComparison.Ordinal)));

    // One look to see what is new, and one to see it at rest.
    private async Task UntilAsync(Func<bool> isSo)
    {
        for (var look = 0; !isSo(); look++)
        {
            Assert.True(look < 3, $"not after {look} looks; said was: {string.Join('\n', _log.Messages)}");
            await LookAsync();
        }
    }

    private Task LookAsync() => Soon.Async(_store!.LookAsync());
}
