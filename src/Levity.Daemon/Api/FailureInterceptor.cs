using Grpc.Core;
using Levity.Daemon.LogStreaming;
using Levity.Daemon.Registry;
using Levity.Daemon.Supervision;
using Levity.Linux;

namespace Levity.Daemon.Api;

/// <summary>Turns the failures that any method may meet into their status, in one place.</summary>
internal sealed class FailureInterceptor : CallInterceptor
{
    protected override async Task<TResponse> AroundAsync<TRequest, TResponse>(
        ServerCallContext context, TRequest? request, Func<Task<TResponse>> call)
        where TRequest : class
    {
        try
        {
            return await call();
        }
        catch (Exception e) when (StatusOf(e) is { } status)
        {
            throw status;
        }
    }

    private static RpcException? StatusOf(Exception exception) => exception switch
    {
        SupervisorUnavailableException e => RpcErrors.Unavailable(e.Message),
        RegistryFailedException e => RpcErrors.Unavailable(e.Message),
        RegistryUnavailableException e => RpcErrors.RegistryUnavailable(e.Message),
        LogNotRemovedException e => RpcErrors.LogNotRemoved(e.Message),
        LinuxException e => RpcErrors.LogNotRead(e),
        InvalidCursorException e => RpcErrors.Invalid("cursor", e.Message),
        InvalidDataException e => RpcErrors.DamagedLog(e.Message),
        _ => null,
    };
}
