using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace Levity.EndToEnd.Tests.Fixtures;

/// <summary>
/// A client that says whatever a test wants it to, from an address of its choice (all of 127.0.0.0/8 is this machine): a
/// knock without TLS, or a user's connection with frames of HTTP/2 one by one.
/// </summary>
internal sealed class RawClient : IAsyncDisposable
{
    private readonly SslStream _tls;

    // SslStream has one writer at a time; a client that stays answers while it speaks.
    private readonly SemaphoreSlim _turn = new(1);
    private readonly byte[] _header = new byte[Http2Frame.HeaderLength];

    private RawClient(SslStream tls) => _tls = tls;

    /// <summary>What an HTTP/2 client begins with (RFC 9113, section 3.4), but for its SETTINGS.</summary>
    public static ReadOnlySpan<byte> Preface => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8;

    public static async Task<Socket> KnockAsync(LevityServer server, string from = "127.0.0.1")
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
            await socket.ConnectAsync(IPEndPoint.Parse(server.Address), TestContext.Current.CancellationToken);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>A connection on which nothing was said yet.</summary>
    /// <exception cref="IOException">It was closed.</exception>
    public static async Task<RawClient> ConnectAsync(LevityServer server, Identity? user, string from = "127.0.0.1")
    {
        var options = TestClient.Options(server.Certificates.ServerCa, user);
        options.TargetHost = "localhost";
        options.ApplicationProtocols = [SslApplicationProtocol.Http2];
        var tls = new SslStream(new NetworkStream(await KnockAsync(server, from), ownsSocket: true));
        try
        {
            await tls.AuthenticateAsClientAsync(options, TestContext.Current.CancellationToken);
            return new RawClient(tls);
        }
        catch
        {
            await tls.DisposeAsync();
            throw;
        }
    }

    /// <summary>The same, and it has begun as it should. The server's SETTINGS are there, and so it knows who this is.</summary>
    public static async Task<RawClient> GreetAsync(LevityServer server, Identity user, string from = "127.0.0.1")
    {
        var client = await ConnectAsync(server, user, from);
        byte[] greeting = [.. Preface, .. new Http2Frame(FrameType.Settings).Bytes()];
        await client.SendAsync(greeting);
        if (await client.ReadAsync() is not { Type: FrameType.Settings })
        {
            await client.DisposeAsync();
            throw new IOException("the server has not greeted");
        }

        return client;
    }

    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        await _turn.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            await _tls.WriteAsync(bytes, TestContext.Current.CancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    public Task SendAsync(Http2Frame frame, int times = 1) => SendAsync(frame.Bytes(times));

    /// <summary>The same until the server does not take it any more, or so many times.</summary>
    public async Task SendWhileTakenAsync(ReadOnlyMemory<byte> bytes, int times)
    {
        try
        {
            for (var i = 0; i < times; i++)
            {
                await SendAsync(bytes);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // It has closed the connection.
        }
    }

    /// <summary>The next frame; null when the server has closed the connection.</summary>
    public async Task<Http2Frame?> ReadAsync()
    {
        try
        {
            return await Eventually.CompletesAsync(ReadFrameAsync(), "a frame, or the connection's end");
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>The next frame of this type; null when the connection ended without one.</summary>
    public async Task<Http2Frame?> ReadAsync(FrameType type)
    {
        Http2Frame? frame;
        do
        {
            frame = await ReadAsync();
        }
        while (frame is not null && frame.Type != type);
        return frame;
    }

    /// <summary>Waits until the server has closed the connection: its GOAWAY, which a reset may have swallowed.</summary>
    public async Task<Http2Frame?> EndAsync()
    {
        Http2Frame? farewell = null;
        while (await ReadAsync() is { } frame)
        {
            farewell = frame.Type == FrameType.GoAway ? frame : farewell;
        }

        return farewell;
    }

    /// <summary>Answers the server's questions whether it is there, until the connection ends.</summary>
    /// <param name="heard">Is told of each frame.</param>
    public async Task StayAsync(Action<Http2Frame>? heard = null)
    {
        // The server's questions come again and again: they alone are no reason to stay for ever.
        var began = TimeProvider.System.GetTimestamp();
        while (await ReadAsync() is { } frame)
        {
            Assert.True(
                TimeProvider.System.GetElapsedTime(began) < 2 * Eventually.Bound, "the server has not closed the connection");
            heard?.Invoke(frame);
            if (frame is { Type: FrameType.Ping, Flags: FrameFlags.None })
            {
                await SendWhileTakenAsync((frame with { Flags = FrameFlags.EndStream }).Bytes(), 1);
            }
        }
    }

    /// <summary>Waits until the server has closed a connection on which it says nothing.</summary>
    public static async Task ClosedAsync(Socket knock)
    {
        try
        {
            await Eventually.CompletesAsync(
                knock.ReceiveAsync(new byte[256], TestContext.Current.CancellationToken).AsTask(), "the connection's end");
        }
        catch (SocketException)
        {
            // Not politely, but closed.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _tls.DisposeAsync();
        _turn.Dispose();
    }

    private async Task<Http2Frame?> ReadFrameAsync()
    {
        var token = TestContext.Current.CancellationToken;
        if (await _tls.ReadAtLeastAsync(_header, _header.Length, throwOnEndOfStream: false, token) < _header.Length)
        {
            return null;
        }

        var payload = new byte[Http2Frame.LengthIn(_header)];
        await _tls.ReadExactlyAsync(payload, token);
        return Http2Frame.Of(_header, payload);
    }
}
