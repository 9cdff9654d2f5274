using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Grpc.Core.Interceptors;

namespace Levity.Daemon.Security;

/// <summary>
/// Stands before every method: finds out who calls, from the certificate of the connection itself, and consults the
/// access policy. The method finds the caller with <see cref="CallerOf"/>.
/// </summary>
internal sealed class AccessInterceptor(TimeProvider time) : Interceptor
{
    // What is read from a certificate is read once for its connection, which holds the one object of it.
    private readonly ConditionalWeakTable<X509Certificate2, CallerIdentity> _known = [];

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
        if (!AccessPolicy.Covers(context.Method))
        {
            throw new RpcException(new Status(StatusCode.PermissionDenied, "the access policy has no row for this method"));
        }

        context.UserState[CallerIdentity.Key] = Authenticate(context.GetHttpContext().Connection);
    }

    private CallerIdentity Authenticate(ConnectionInfo connection)
    {
        // The handshake has checked all this; a connection may outlive its certificate, though.
        string? refusal = "no client certificate";
        var caller = connection.ClientCertificate is { } certificate
            ? Identify(certificate, out refusal)
            : null;
        if (caller is null)
        {
            throw new RpcException(new Status(StatusCode.Unauthenticated, refusal!));
        }

        return caller.NotAfter > time.GetUtcNow()
            ? caller
            : throw new RpcException(
                new Status(StatusCode.Unauthenticated, $"the certificate of {caller.Name} expired at {caller.NotAfter:u}"));
    }

    private CallerIdentity? Identify(X509Certificate2 certificate, out string? refusal)
    {
        refusal = null;
        if (!_known.TryGetValue(certificate, out var caller)
            && CallerIdentity.FromCertificate(certificate, out refusal) is { } read)
        {
            _known.AddOrUpdate(certificate, caller = read);
        }

        return caller;
    }
}
