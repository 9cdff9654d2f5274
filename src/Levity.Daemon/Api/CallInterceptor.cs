using Grpc.Core;
using Grpc.Core.Interceptors;

namespace Levity.Daemon.Api;

/// <summary>An interceptor that does the same around each call, of whatever kind the method is.</summary>
internal abstract class CallInterceptor : Interceptor
{
    public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation) =>
        AroundAsync(context, request, () => continuation(request, context));

    public override Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        ServerCallContext context,
        ClientStreamingServerMethod<TRequest, TResponse> continuation) =>
        AroundAsync<TRequest, TResponse>(context, request: null, () => continuation(requestStream, context));

    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation) =>
        AroundAsync(context, request, () => WithoutResponseAsync(continuation(request, responseStream, context)));

    public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation) =>
        AroundAsync<TRequest, object?>(
            context, request: null, () => WithoutResponseAsync(continuation(requestStream, responseStream, context)));

    /// <param name="context">The call's.</param>
    /// <param name="request">Null when there are many, or none.</param>
    /// <param name="call">What is inside: makes the response, or null when there are many.</param>
    protected abstract Task<TResponse> AroundAsync<TRequest, TResponse>(
        ServerCallContext context, TRequest? request, Func<Task<TResponse>> call)
        where TRequest : class;

    private static async Task<object?> WithoutResponseAsync(Task call)
    {
        await call;
        return null;
    }
}
