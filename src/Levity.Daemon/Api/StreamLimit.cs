using Grpc.Core;
using Grpc.Core.Interceptors;
using Levity.Daemon.Security;
using Levity.Daemon.Tasks;

namespace Levity.Daemon.Api;

/// <summary>Counts the open streams of each user, of whatever method, and opens no more than their limit allows.</summary>
internal sealed class StreamLimit(LimitTable limits) : Interceptor
{
    // Guards what is in it. Held for a few instructions, never over a wait.
    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _open = new(StringComparer.Ordinal);

    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation) =>
        CountedAsync(context, () => continuation(request, responseStream, context));

    public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation) =>
        CountedAsync(context, () => continuation(requestStream, responseStream, context));

    public override async Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        ServerCallContext context,
        ClientStreamingServerMethod<TRequest, TResponse> continuation)
    {
        TResponse? response = null;
        await CountedAsync(context, async () => response = await continuation(requestStream, context));
        return response!;
    }

    private async Task CountedAsync(ServerCallContext context, Func<Task> run)
    {
        var user = Open(context);
        try
        {
            await run();
        }
        finally
        {
            Close(user);
        }
    }

    private string Open(ServerCallContext context)
    {
        var user = AccessInterceptor.CallerOf(context).Name;
        lock (_gate)
        {
            var open = _open.GetValueOrDefault(user);
            if (limits.Of(user).OpenStreams is { } limit && open >= limit)
            {
                throw RpcErrors.OverLimit(new OverLimit(user, UserLimit.OpenStreams, limit, open));
            }

            _open[user] = open + 1;
        }

        return user;
    }

    private void Close(string user)
    {
        lock (_gate)
        {
            if (--_open[user] == 0)
            {
                _open.Remove(user);
            }
        }
    }
}
