using System.Runtime.CompilerServices;
using Grpc.Core;
using Levity.Client.Connection;
using Levity.Protocol;

namespace Levity.Client.Calls;

/// <summary>
/// One stream of messages from the server. How it breaks off is a value: who passes the messages on is an iterator, which
/// cannot give anything out of a block that catches.
/// </summary>
internal sealed class StreamAttempt<T>(
    ServerConnection connection, AsyncServerStreamingCall<T> call, CancellationToken cancellationToken) : IDisposable
    where T : class
{
    /// <summary>Why nothing came any more; null when that was the end.</summary>
    public LevityException? Failure { get; private set; }

    /// <summary>Whether the server has accepted us.</summary>
    public bool WasAccepted => connection.IsAccepted;

    /// <param name="shared">The client's connection.</param>
    /// <param name="deadline">For connecting; the stream itself has none.</param>
    /// <param name="open">Makes the call.</param>
    /// <param name="reconnection">Told when there is a connection.</param>
    /// <param name="cancellationToken">Ends the stream early.</param>
    /// <returns>The stream, or why there is no connection.</returns>
    public static async Task<(StreamAttempt<T>? Attempt, LevityException? Failure)> OpenAsync(
        SharedConnection shared,
        DateTimeOffset deadline,
        Func<TaskManager.TaskManagerClient, CallOptions, AsyncServerStreamingCall<T>> open,
        Reconnection reconnection,
        CancellationToken cancellationToken)
    {
        try
        {
            var connection = await shared.UseAsync(deadline, cancellationToken);
            var call = open(connection.Client, new CallOptions(cancellationToken: cancellationToken));
            reconnection.Connected();
            return (new StreamAttempt<T>(connection, call, cancellationToken), null);
        }
        catch (LevityException e)
        {
            return (null, e);
        }
    }

    /// <returns>The next message; null when there is none any more.</returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<T?> NextAsync()
    {
        try
        {
            return await call.ResponseStream.MoveNext(cancellationToken) ? call.ResponseStream.Current : null;
        }
        catch (RpcException e)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Failure = connection.Explain(e);
            return null;
        }
    }

    public void Dispose()
    {
        call.Dispose();
        connection.Dispose();
    }
}
