using Grpc.Core;
using Levity.Daemon.Security;

namespace Levity.Daemon.Api;

/// <summary>
/// How long a streaming call may last: until the client is gone, levityd shuts down or the caller's certificate
/// expires.
/// </summary>
internal sealed class CallLifetime(IHostApplicationLifetime application, TimeProvider time)
{
    // Timers do not reach further: the client goes on with another call.
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(24);

    public Call Begin(ServerCallContext context, CallerIdentity caller)
    {
        var remaining = caller.NotAfter - time.GetUtcNow();
        var expiry = new CancellationTokenSource(
            TimeSpan.FromTicks(Math.Clamp(remaining.Ticks, 0, LongestTimer.Ticks)), time);
        return new Call(caller, time, expiry, context.CancellationToken, application.ApplicationStopping);
    }

    /// <summary>One call's token, and afterwards the status that its end deserves.</summary>
    internal sealed class Call(
        CallerIdentity caller,
        TimeProvider time,
        CancellationTokenSource expiry,
        CancellationToken client,
        CancellationToken stopping) : IDisposable
    {
        private readonly CancellationTokenSource _linked =
            CancellationTokenSource.CreateLinkedTokenSource(client, stopping, expiry.Token);

        public CancellationToken Token => _linked.Token;

        /// <summary>Null when it was the client who ended the call: nobody is left to be told.</summary>
        public RpcException? EndedBecause => caller.NotAfter <= time.GetUtcNow() ? RpcErrors.CertificateExpired(caller.Name)
            : expiry.IsCancellationRequested ? RpcErrors.Unavailable("the call has lasted very long: go on with another one")
            : stopping.IsCancellationRequested ? RpcErrors.ShuttingDown()
            : null;

        public void Dispose()
        {
            _linked.Dispose();
            expiry.Dispose();
        }
    }
}
