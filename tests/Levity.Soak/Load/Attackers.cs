using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Levity.EndToEnd.Tests.Fixtures;

namespace Levity.Soak.Load;

/// <summary>Some who do the same to a server at once, again and again, each from an address of its own.</summary>
internal sealed class Attackers(Arena arena, Identity mallory)
{
    private const int AtOnce = 8;

    /// <summary>What the addresses of those begin with who have no certificate.</summary>
    public const string Strangers = "127.0.8.";

    private const string Users = "127.0.9.";

    private long _strangersConnections;

    /// <summary>How many connections were made to the server by those who have no certificate.</summary>
    public long StrangersConnections => _strangersConnections;

    /// <summary>Attacks until the token is cancelled; then all of them are gone.</summary>
    public Task AttackAsync(Flood flood, CancellationToken enough) => Task.WhenAll(
        Enumerable.Range(1, AtOnce).Select(number => Task.Run(() => AttackAsync(flood, number, enough), CancellationToken.None)));

    /// <summary>A connection of somebody without a certificate.</summary>
    public async Task<Socket> KnockAsync(int number)
    {
        var socket = await RawClient.KnockAsync(arena.Server, $"{Strangers}{number}");
        Interlocked.Increment(ref _strangersConnections);
        return socket;
    }

    /// <summary>The same, through TLS as far as one comes.</summary>
    public async Task ShowNothingAsync(int number)
    {
        using var knock = await KnockAsync(number);
        await using var tls = new SslStream(new NetworkStream(knock));
        var options = TestClient.Options(arena.Server.Certificates.ServerCa, user: null);
        options.TargetHost = "localhost";
        options.ApplicationProtocols = [SslApplicationProtocol.Http2];
        await tls.AuthenticateAsClientAsync(options);
        await Eventually.CompletesAsync(tls.ReadAsync(new byte[1]).AsTask(), "the end of a stranger's connection");
    }

    /// <summary>A connection of a user.</summary>
    public Task<RawClient> GreetAsync(int number) => RawClient.GreetAsync(arena.Server, mallory, $"{Users}{number}");

    private async Task AttackAsync(Flood flood, int number, CancellationToken enough)
    {
        while (!enough.IsCancellationRequested)
        {
            arena.Tally.Fault();
            try
            {
                await flood.OnceAsync(this, number, enough);
            }
            catch (Exception e) when (e is IOException or SocketException or AuthenticationException or ObjectDisposedException)
            {
                // The server has ended it, which is its right.
            }
        }
    }
}
