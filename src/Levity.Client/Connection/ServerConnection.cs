using Grpc.Core;
using Grpc.Net.Client;
using Levity.Client.Calls;
using Levity.Protocol;

namespace Levity.Client.Connection;

/// <summary>
/// One connection to the server, for as long as anybody uses it. It is opened here and not by the HTTP client, which gets
/// it ready-made: so each thing that can go wrong on the way is caught where it happens, and there is exactly one
/// connection.
/// </summary>
internal sealed class ServerConnection : IDisposable
{
    // Less is not accepted by SocketsHttpHandler.
    private static readonly TimeSpan ShortestPing = TimeSpan.FromSeconds(1);

    private readonly ConnectionOptions _options;
    private readonly ServerStream _stream;
    private readonly Refusal _refusal;
    private readonly GrpcChannel _channel;

    private int _users = 1;
    private volatile bool _isUsedUp;

    private ServerConnection(ConnectionOptions options, ServerStream stream, Refusal refusal)
    {
        _options = options;
        _stream = stream;
        _refusal = refusal;
        _channel = OpenChannel(stream);
        Client = new TaskManager.TaskManagerClient(_channel);
    }

    public TaskManager.TaskManagerClient Client { get; }

    /// <summary>Whether the server has accepted us. It decides after the handshake.</summary>
    public bool IsAccepted => _stream.HasSpoken;

    /// <summary>Whether no call can be made on it any more.</summary>
    public bool IsLost => _isUsedUp || _stream.HasEnded;

    /// <exception cref="LevityException">
    /// A file is unusable, there is no server, it did not answer in time, or the two ends do not accept each other.
    /// </exception>
    public static async Task<ServerConnection> OpenAsync(
        ConnectionOptions options, DateTimeOffset deadline, TimeProvider time, CancellationToken cancellationToken)
    {
        var left = deadline - time.GetUtcNow();
        var handshake = new TlsHandshake(options, time);
        using var timeout = new CancellationTokenSource(left > TimeSpan.Zero ? left : TimeSpan.Zero, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            var socket = await TcpConnector.ConnectAsync(options.Address, either.Token);
            var stream = await handshake.RunAsync(socket, either.Token);
            return new ServerConnection(options, stream, handshake.Refusal);
        }
        catch (OperationCanceledException e) when (timeout.IsCancellationRequested)
        {
            throw new LevityException(
                LevityErrorKind.Unreachable, $"no connection to {options.Address} within {options.TimeoutText}", e);
        }
    }

    /// <summary>Makes a call with one answer.</summary>
    /// <exception cref="LevityException">It failed.</exception>
    public async Task<T> CallAsync<T>(
        Func<TaskManager.TaskManagerClient, CallOptions, AsyncUnaryCall<T>> call,
        DateTimeOffset deadline,
        CancellationToken cancellationToken)
    {
        try
        {
            return await call(
                Client, new CallOptions(deadline: deadline.UtcDateTime, cancellationToken: cancellationToken));
        }
        catch (RpcException e)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var failure = Explain(e);
            failure.MayHaveBeenDone = failure.Kind == LevityErrorKind.TimedOut || failure.IsOfTheConnection;
            throw failure;
        }
    }

    /// <summary>Puts a failed call into words.</summary>
    public LevityException Explain(RpcException failure)
    {
        if (TlsAlert.Find(_stream.FirstReadFailure) is { } alert)
        {
            return new LevityException(LevityErrorKind.Refused, _refusal.Explain(alert), failure);
        }

        return !IsAccepted && CallFailure.IsOfTheConnection(failure)
            ? new LevityException(LevityErrorKind.Unreachable, _refusal.ExplainSilence(), failure)
            : CallFailure.Explain(failure, _options);
    }

    /// <summary>Has one more user, who disposes of it as well. Whoever calls this is one.</summary>
    public ServerConnection Share()
    {
        Interlocked.Increment(ref _users);
        return this;
    }

    /// <summary>The last user closes it.</summary>
    public void Dispose()
    {
        if (Interlocked.Decrement(ref _users) == 0)
        {
            _channel.Dispose();
        }
    }

    private GrpcChannel OpenChannel(ServerStream stream)
    {
        ServerStream? unused = stream;
        var pingAfter = _options.Timeout > ShortestPing ? _options.Timeout : ShortestPing;
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            ActivityHeadersPropagator = null,

            // There is no second one in its place.
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,

            // A follower of a silent task would never notice that the server has gone without a word.
            KeepAlivePingDelay = pingAfter,
            KeepAlivePingTimeout = pingAfter,
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            ConnectCallback = (_, _) =>
            {
                if (Interlocked.Exchange(ref unused, null) is { } ready)
                {
                    return ValueTask.FromResult<Stream>(ready);
                }

                // The server takes no more calls on the one that there was (GOAWAY), or it is gone.
                _isUsedUp = true;
                throw new IOException("the connection was lost");
            },
        };
        return GrpcChannel.ForAddress(
            _options.Address.Uri, new GrpcChannelOptions { HttpHandler = handler, DisposeHttpClient = true });
    }
}
