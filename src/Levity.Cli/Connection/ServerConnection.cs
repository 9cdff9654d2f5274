using Grpc.Core;
using Grpc.Net.Client;
using Levity.Protocol;

namespace Levity.Cli.Connection;

/// <summary>
/// One connection to the server. It is opened here and not by the HTTP client, which gets it ready-made: so each thing
/// that can go wrong on the way is caught where it happens, and there is exactly one connection.
/// </summary>
internal sealed class ServerConnection : IDisposable
{
    // Less is not accepted by SocketsHttpHandler.
    private static readonly TimeSpan ShortestPing = TimeSpan.FromSeconds(1);

    private readonly ConnectionOptions _options;
    private readonly ServerStream _stream;
    private readonly Refusal _refusal;
    private readonly TimeProvider _time;
    private readonly GrpcChannel _channel;

    // Of the first call.
    private DateTimeOffset? _deadline;

    private ServerConnection(
        ConnectionOptions options, ServerStream stream, Refusal refusal, TimeProvider time, DateTimeOffset deadline)
    {
        _options = options;
        _stream = stream;
        _refusal = refusal;
        _time = time;
        _deadline = deadline;
        _channel = OpenChannel(options, stream);
        Client = new TaskManager.TaskManagerClient(_channel);
    }

    public TaskManager.TaskManagerClient Client { get; }

    /// <summary>Whether the server has accepted us. It decides after the handshake.</summary>
    public bool IsAccepted => _stream.HasSpoken;

    /// <exception cref="ServerUnreachableException">There is no server, or it did not answer in time.</exception>
    /// <exception cref="CommandException">A file is unusable, or the two ends do not accept each other.</exception>
    public static Task<ServerConnection> OpenAsync(
        ConnectionOptions options, TimeProvider time, CancellationToken cancellationToken) =>
        OpenAsync(options, time.GetUtcNow() + options.Timeout, time, cancellationToken);

    /// <summary>The same for one of several tries that have one timeout together.</summary>
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
            return new ServerConnection(options, stream, handshake.Refusal, time, deadline);
        }
        catch (OperationCanceledException e) when (timeout.IsCancellationRequested)
        {
            throw new ServerUnreachableException(
                $"no connection to {options.Address} within {options.Timeout.TotalSeconds}s (--timeout)", e);
        }
    }

    /// <summary>
    /// Makes a call with one answer. The first has what connecting left of the timeout, others have all of it.
    /// </summary>
    /// <exception cref="CommandException">It failed.</exception>
    public async Task<T> CallAsync<T>(
        Func<TaskManager.TaskManagerClient, CallOptions, AsyncUnaryCall<T>> call, CancellationToken cancellationToken)
    {
        var deadline = _deadline ?? _time.GetUtcNow() + _options.Timeout;
        _deadline = null;
        try
        {
            return await call(
                Client, new CallOptions(deadline: deadline.UtcDateTime, cancellationToken: cancellationToken));
        }
        catch (RpcException e)
        {
            throw Explain(e);
        }
    }

    /// <summary>Puts a failed call into words.</summary>
    public CommandException Explain(RpcException failure)
    {
        if (TlsAlert.Find(_stream.FirstReadFailure) is { } alert)
        {
            return new CommandException(_refusal.Explain(alert), failure);
        }

        return !IsAccepted && CallFailure.IsOfTheConnection(failure)
            ? new ServerUnreachableException(_refusal.ExplainSilence(), failure)
            : CallFailure.Explain(failure, _options);
    }

    public void Dispose() => _channel.Dispose();

    private static GrpcChannel OpenChannel(ConnectionOptions options, ServerStream stream)
    {
        ServerStream? unused = stream;
        var pingAfter = options.Timeout > ShortestPing ? options.Timeout : ShortestPing;
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            ActivityHeadersPropagator = null,

            // A follower of a silent task would never notice that the server has gone without a word.
            KeepAlivePingDelay = pingAfter,
            KeepAlivePingTimeout = pingAfter,
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            ConnectCallback = (_, _) => Interlocked.Exchange(ref unused, null) is { } ready
                ? ValueTask.FromResult<Stream>(ready)
                : throw new IOException("the connection was lost"),
        };
        return GrpcChannel.ForAddress(
            options.Address.Uri, new GrpcChannelOptions { HttpHandler = handler, DisposeHttpClient = true });
    }
}
