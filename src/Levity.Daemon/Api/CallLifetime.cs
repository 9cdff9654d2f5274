using Grpc.Core;
using Levity.Daemon.Security;

namespace Levity.Daemon.Api;

/// <summary>
/// How long a streaming call may last: until the client is gone, levityd shuts down or the caller's certificate expires.
/// </summary>
internal sealed class CallLifetime(IHostApplicationLifetime application, TimeProvider time)
{
    // Timers do not reach further; a call that lasts this long finds its certificate checked at the next one.
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(24);

    public Call Begin(ServerCallContext context, CallerIdentity caller)
    {
        var remaining = caller.NotAfter - time.GetUtcNow();
        var expiry = new CancellationTokenSource(
            TimeSpan.FromTicks(Math.Clamp(remaining.Ticks, 0, LongestTimer.Ticks)), time);
        return new Call(caller, expiry, context.CancellationToken, application.ApplicationStopping);
    }

    /// <summary>One call's token, and afterwards the status that its end deserves.</summary>
    internal sealed class Call(
        CallerIdentity caller,
        CancellationTokenSource expiry,
        CancellationToken client,
        CancellationToken stopping) : IDisposable
    {
        private readonly CancellationTokenSource _linked =
            CancellationTokenSource.CreateLinkedTokenSource(client, stopping, expiry.Token);

        public CancellationToken Token => _linked.Token;

        /// <summary>Null when it was the client who ended the call: nobody is left to be told.</summary>
        public RpcException? EndedBecause => expiry.IsCancellationRequested ? RpcErrors.CertificateExpired(caller.Name)
            : stopping.IsCancellationRequested ? RpcErrors.ShuttingDown()
            : null;

        public void Dispose()
        {
            _linked.Dispose();
            expiry.Dispose();
        }
    }
}
