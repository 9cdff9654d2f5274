using Grpc.Core;
using Grpc.Core.Interceptors;
using Levity.Daemon.Security.Trust;

namespace Levity.Daemon.Security;

/// <summary>
/// Stands before every method: finds out who calls, from the certificate of the connection itself, and consults the
/// access policy. The method finds the caller with <see cref="CallerOf"/>.
/// </summary>
internal sealed class AccessInterceptor(AccessPolicy policy, TrustStore trust, TimeProvider time) : Interceptor
{
    /// <summary>The caller that this interceptor has let through.</summary>
    public static CallerIdentity CallerOf(ServerCallContext context) =>
        (CallerIdentity)context.UserState[CallerIdentity.Key];

    public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        Authorize(context);
        return continuation(request, context);
    }

    public override Task<TResponse> ClientStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        ServerCallContext context,
        ClientStreamingServerMethod<TRequest, TResponse> continuation)
    {
        Authorize(context);
        return continuation(requestStream, context);
    }

    public override Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        Authorize(context);
        return continuation(request, responseStream, context);
    }

    public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation)
    {
        Authorize(context);
        return continuation(requestStream, responseStream, context);
    }

    private void Authorize(ServerCallContext context)
    {
        var caller = Authenticate(context.GetHttpContext());
        if (policy.Refusal(context.Method, caller) is { } refusal)
        {
            throw new RpcException(new Status(StatusCode.PermissionDenied, refusal));
        }

        context.UserState[CallerIdentity.Key] = caller;
    }

    // The handshake has checked all this; a connection may outlive its certificate, though, and the trust in it.
    private CallerIdentity Authenticate(HttpContext http)
    {
        var connection = http.Features.Get<ClientConnection>();
        var refusal = connection is null ? "no client certificate" : connection.RefusalBy(trust.Current, time.GetUtcNow());
        return refusal is null
            ? connection!.Caller
            : throw new RpcException(new Status(StatusCode.Unauthenticated, refusal));
    }
}
