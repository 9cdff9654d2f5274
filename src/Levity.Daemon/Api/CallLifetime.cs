using Grpc.Core;
using Levity.Daemon.Security.Trust;
using Microsoft.AspNetCore.Http.Features;

namespace Levity.Daemon.Api;

/// <summary>
/// How long a streaming call may last: until the client is gone or has stopped reading, levityd shuts down, or the
/// caller's certificate is not accepted any more.
/// </summary>
internal sealed class CallLifetime(IHostApplicationLifetime application, StreamOptions options, TimeProvider time)
{
    public Call Begin(ServerCallContext context)
    {
        var connection = context.GetHttpContext().Features.GetRequiredFeature<ClientConnection>();
        var reader = new ReaderWatch(options.ReaderTimeout, () => RpcErrors.EndStoppedReading(context), time);
        return new Call(connection, reader, context.CancellationToken, application.ApplicationStopping);
    }

    /// <summary>One call's token, and afterwards the status that its end deserves.</summary>
    internal sealed class Call(
        ClientConnection connection,
        ReaderWatch reader,
        CancellationToken client,
        CancellationToken stopping) : IDisposable
    {
        private readonly CancellationTokenSource _linked =
            CancellationTokenSource.CreateLinkedTokenSource(client, stopping, connection.Refused);

        public CancellationToken Token => _linked.Token;

        /// <summary>
        /// Null when it was the client who ended the call, by going or by not reading: nobody is left to be told.
        /// </summary>
        public RpcException? EndedBecause => connection.Refusal is { } refusal ? RpcErrors.NoLongerAccepted(refusal)
            : stopping.IsCancellationRequested ? RpcErrors.ShuttingDown()
            : null;

        /// <summary>Hands a message to the client, at the client's pace but not at any.</summary>
        public Task SendAsync<T>(IServerStreamWriter<T> stream, T message) =>
            reader.WaitAsync(stream.WriteAsync(message, Token));

        public void Dispose()
        {
            reader.Dispose();
            _linked.Dispose();
        }
    }
}
