using Grpc.Core;
using Levity.Daemon.Security;
using Levity.Daemon.Security.Trust;
using Levity.Daemon.Tasks;
using Microsoft.AspNetCore.Http.Features;

namespace Levity.Daemon.Api;

/// <summary>
/// How long a streaming call may last: until the client is gone or has stopped reading, levityd shuts down, the
/// caller's certificate is not accepted any more, or they may not make it any more.
/// </summary>
internal sealed class CallLifetime(
    IHostApplicationLifetime application, AccessPolicy policy, StreamOptions options, TimeProvider time)
{
    /// <param name="context">The call's.</param>
    /// <param name="task">What it is about; null when that is no task in particular.</param>
    public Call Begin(ServerCallContext context, ManagedTask? task = null)
    {
        var connection = context.GetHttpContext().Features.GetRequiredFeature<ClientConnection>();
        var reader = new ReaderWatch(options.ReaderTimeout, () => RpcErrors.EndStoppedReading(context), time);
        var share = task is null ? null : WatchShare(context, task);
        return new Call(connection, reader, share, context.CancellationToken, application.ApplicationStopping);
    }

    // Null for those who need none: nothing takes their rights away.
    private ShareWatch? WatchShare(ServerCallContext context, ManagedTask task)
    {
        var caller = AccessInterceptor.CallerOf(context);
        var needed = AccessPolicy.NeededBy(context.Method);
        return policy.LastingRightsTo(task.Record, caller).HasFlag(needed) ? null : new ShareWatch(task, Refusal, time);

        RpcException? Refusal() => RpcErrors.RefusalOf(
            needed, policy.RightsTo(task.Record, caller), caller.Name, task.Record.Id.ToString());
    }

    /// <summary>One call's token, and afterwards the status that its end deserves.</summary>
    internal sealed class Call(
        ClientConnection connection,
        ReaderWatch reader,
        ShareWatch? share,
        CancellationToken client,
        CancellationToken stopping) : IDisposable
    {
        private readonly CancellationTokenSource _linked = CancellationTokenSource.CreateLinkedTokenSource(
            [client, stopping, connection.Refused, share?.Ended ?? CancellationToken.None]);

        public CancellationToken Token => _linked.Token;

        /// <summary>
        /// Null when it was the client who ended the call, by going or by not reading: nobody is left to be told.
        /// </summary>
        public RpcException? EndedBecause => connection.Refusal is { } refusal ? RpcErrors.NoLongerAccepted(refusal)
            : stopping.IsCancellationRequested ? RpcErrors.ShuttingDown()
            : share?.EndedBecause;

        /// <summary>Hands a message to the client, at the client's pace but not at any.</summary>
        public Task SendAsync<T>(IServerStreamWriter<T> stream, T message) =>
            reader.WaitAsync(stream.WriteAsync(message, Token));

        public void Dispose()
        {
            share?.Dispose();
            reader.Dispose();
            _linked.Dispose();
        }
    }
}
