using Grpc.Core;
using Grpc.Core.Interceptors;
using Levity.Daemon.Registry;
using Levity.Daemon.Supervision;

namespace Levity.Daemon.Api;

/// <summary>Turns the failures that any method may meet into their status, in one place.</summary>
internal sealed class FailureInterceptor : Interceptor
{
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            return await continuation(request, context);
        }
        catch (SupervisorUnavailableException e)
        {
            throw RpcErrors.Unavailable(e.Message);
        }
        catch (RegistryUnavailableException e)
        {
            throw RpcErrors.RegistryUnavailable(e.Message);
        }
    }
}
