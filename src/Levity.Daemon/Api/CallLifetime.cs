using Grpc.Core;
using Levity.Daemon.Security;

namespace Levity.Daemon.Api;

/// <summary>
/// How long a streaming call may last: until the client is gone or has stopped reading, levityd shuts down or the
/// caller's certificate expires.
/// </summary>
internal sealed class CallLifetime(IHostApplicationLifetime application, StreamOptions options, TimeProvider time)
{
    // Timers do not reach further: the client goes on with another call.
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(24);

    public Call Begin(ServerCallContext context, CallerIdentity caller)
    {
        var remaining = caller.NotAfter - time.GetUtcNow();
        var expiry = new CancellationTokenSource(
            TimeSpan.FromTicks(Math.Clamp(remaining.Ticks, 0, LongestTimer.Ticks)), time);
        var reader = new ReaderWatch(options.ReaderTimeout, () => RpcErrors.EndStoppedReading(context), time);
        return new Call(caller, time, expiry, reader, context.CancellationToken, application.ApplicationStopping);
    }

    /// <summary>One call's token, and afterwards the status that its end deserves.</summary>
    internal sealed class Call(
        CallerIdentity caller,
        TimeProvider time,
        CancellationTokenSource expiry,
        ReaderWatch reader,
        CancellationToken client,
        CancellationToken stopping) : IDisposable
    {
        private readonly CancellationTokenSource _linked =
            CancellationTokenSource.CreateLinkedTokenSource(client, stopping, expiry.Token);

        public CancellationToken Token => _linked.Token;

        /// <summary>
        /// Null when it was the client who ended the call, by going or by not reading: nobody is left to be told.
        /// </summary>
        public RpcException? EndedBecause => caller.NotAfter <= time.GetUtcNow() ? RpcErrors.CertificateExpired(caller.Name)
            : expiry.IsCancellationRequested ? RpcErrors.Unavailable("the call has lasted very long: go on with another one")
            : stopping.IsCancellationRequested ? RpcErrors.ShuttingDown()
            : null;

        /// <summary>Hands a message to the client, at the client's pace but not at any.</summary>
        public Task SendAsync<T>(IServerStreamWriter<T> stream, T message) =>
            reader.WaitAsync(stream.WriteAsync(message, Token));

        public void Dispose()
        {
            reader.Dispose();
            _linked.Dispose();
            expiry.Dispose();
        }
    }
}
