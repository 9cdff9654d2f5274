using Grpc.Core;
using Levity.Daemon.Tasks;

namespace Levity.Daemon.Api;

/// <summary>Counts the open streams of each user, of whatever method, and opens no more than their limit allows.</summary>
internal sealed class StreamLimit(LimitTable limits) : CallInterceptor
{
    // Guards what is in it. Held for a few instructions, never over a wait.
    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _open = new(StringComparer.Ordinal);

    public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation) =>
        continuation(request, context);

    protected override async Task<TResponse> AroundAsync<TRequest, TResponse>(
        ServerCallContext context, TRequest? request, Func<Task<TResponse>> call)
        where TRequest : class
    {
        var user = Open(context);
        try
        {
            return await call();
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
