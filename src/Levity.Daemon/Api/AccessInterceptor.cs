using Grpc.Core;
using Levity.Daemon.Security;
using Levity.Daemon.Security.Trust;

namespace Levity.Daemon.Api;

/// <summary>
/// Stands before every method: finds out who calls, from the certificate of the connection itself, and consults the
/// access policy. The method finds the caller with <see cref="CallerOf"/>.
/// </summary>
internal sealed class AccessInterceptor(AccessPolicy policy, TrustStore trust, TimeProvider time) : CallInterceptor
{
    /// <summary>The caller that this interceptor has let through.</summary>
    public static CallerIdentity CallerOf(ServerCallContext context) =>
        (CallerIdentity)context.UserState[CallerIdentity.Key];

    protected override Task<TResponse> AroundAsync<TRequest, TResponse>(
        ServerCallContext context, TRequest? request, Func<Task<TResponse>> call)
        where TRequest : class
    {
        Authorize(context);
        return call();
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
