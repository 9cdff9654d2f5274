using System.Collections.Frozen;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Levity.Daemon.Audit;
using Levity.Protocol;
using Microsoft.AspNetCore.Http.Features;

namespace Levity.Daemon.Api;

/// <summary>
/// The outermost interceptor: each call is on record, with its outcome, before its answer goes out. What changes
/// something is not even begun when there is no room for its record.
/// </summary>
internal sealed class AuditInterceptor : CallInterceptor
{
    // What is asked all the time, and tells no more than a state: these records may be written a moment later.
    private static readonly FrozenSet<string> Polls =
        FrozenSet.Create("/levity.TaskManager/QueryTask", "/grpc.health.v1.Health/Check");

    // All others change something, unless somebody decides here that they do not.
    private static readonly FrozenSet<string> Reads = FrozenSet.Create(
        "/levity.TaskManager/QueryTask",
        "/levity.TaskManager/FetchLogs",
        "/levity.TaskManager/StreamLogs",
        "/levity.TaskManager/StreamStats",
        "/levity.TaskManager/ListTasks",
        "/levity.TaskManager/WatchTask",
        "/levity.TaskManager/WatchTasks",
        "/grpc.health.v1.Health/Check",
        "/grpc.health.v1.Health/Watch",
        "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
        "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo");

    // What stops something, takes it back or makes room gets the last room that there is.
    private static readonly FrozenSet<string> Relieving =
        FrozenSet.Create(
            "/levity.TaskManager/SignalTask", "/levity.TaskManager/RemoveTask", "/levity.TaskManager/UnshareTask");

    /// <summary>For a call whose first message says what it is about.</summary>
    public static void IsAbout(ServerCallContext context, TaskHandle? task) =>
        context.GetHttpContext().Features.Get<AuditedCall>()?.IsAbout(task?.Id);

    protected override async Task<TResponse> AroundAsync<TRequest, TResponse>(
        ServerCallContext context, TRequest? request, Func<Task<TResponse>> call)
        where TRequest : class
    {
        var audited = context.GetHttpContext().Features.GetRequiredFeature<AuditedCall>();
        audited.IsAbout(
            Subject<TRequest>.IdIn(request),
            (request as StartTaskRequest)?.Binary,
            (request as ShareTaskRequest)?.User ?? (request as UnshareTaskRequest)?.User);
        try
        {
            Admit(audited, context);
            var response = await call();
            audited.HasMade(Subject<TResponse>.IdIn(response));
            End(audited, context);
            return response;
        }
        catch (Exception e)
        {
            End(audited, context, e);
            throw;
        }
    }

    private static void Admit(AuditedCall call, ServerCallContext context)
    {
        if (!Reads.Contains(context.Method) && !call.TryReserve(last: Relieving.Contains(context.Method)))
        {
            throw RpcErrors.NoRoomForRecord();
        }
    }

    private static void End(AuditedCall call, ServerCallContext context)
    {
        var code = context.Status.StatusCode;
        call.End(Outcomes.OfStatus((int)code), mayWait: code == StatusCode.OK && Polls.Contains(context.Method));
    }

    private static void End(AuditedCall call, ServerCallContext context, Exception failure) =>
        call.End(Outcomes.OfStatus((int)CodeOf(failure, context)));

    private static StatusCode CodeOf(Exception failure, ServerCallContext context) => failure switch
    {
        RpcException e => e.StatusCode,

        // Set by what has reset the stream.
        _ when context.Status.StatusCode != StatusCode.OK => context.Status.StatusCode,
        _ when context.CancellationToken.IsCancellationRequested => StatusCode.Cancelled,
        _ => StatusCode.Unknown,
    };

    /// <summary>Where messages of this type have the id of a task: the contract says it, also of methods to come.</summary>
    private static class Subject<T>
    {
        private static readonly FieldDescriptor? Field = typeof(IMessage).IsAssignableFrom(typeof(T))
            ? ((IMessage)Activator.CreateInstance<T>()!).Descriptor.FindFieldByName("task_id")
            : null;

        public static string? IdIn(T? message) =>
            message is null ? null : (Field?.Accessor.GetValue((IMessage)message) as TaskHandle)?.Id;
    }
}
