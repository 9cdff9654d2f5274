using Grpc.Core;
using Grpc.Core.Interceptors;
using Levity.Daemon.LogStreaming;
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
        catch (Exception e) when (StatusOf(e) is { } status)
        {
            throw status;
        }
    }

    public override async Task ServerStreamingServerHandler<TRequest, TResponse>(
        TRequest request,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        ServerStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            await continuation(request, responseStream, context);
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
        InvalidCursorException e => RpcErrors.Invalid("cursor", e.Message),
        InvalidDataException e => RpcErrors.DamagedLog(e.Message),
        _ => null,
    };
}
