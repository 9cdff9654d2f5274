using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Grpc.Health.V1;
using Levity.Protocol;
using ReflectionAlpha = Grpc.Reflection.V1Alpha;
using ReflectionV1 = Grpc.Reflection.V1;

namespace Levity.EndToEnd.Tests.Access;

/// <summary>
/// Who may call what: a row for each method that levityd serves. The methods come from the contracts, so a new one
/// without a row is found.
/// </summary>
internal static class AccessMatrix
{
    private const string RemoveTask = "levity.TaskManager/RemoveTask";

    private static readonly Dictionary<string, Row> Rows = new()
    {
        ["levity.TaskManager/StartTask"] = Row.ForStarters(_ => new StartTaskRequest { Binary = "true" }),
        ["levity.TaskManager/QueryTask"] = Row.ForReaders(id => new QueryTaskRequest { TaskId = new() { Id = id } }),
        ["levity.TaskManager/SignalTask"] = Row.ForSignallers(id => new SignalTaskRequest { TaskId = new() { Id = id } }),
        ["levity.TaskManager/FetchLogs"] = Row.ForReaders(id => new FetchLogsRequest { TaskId = new() { Id = id } }),
        ["levity.TaskManager/StreamLogs"] = Row.ForReaders(id => new StreamLogsRequest { TaskId = new() { Id = id } }),

        ["levity.TaskManager/StreamStats"] = Row.ForReaders(id => new StreamStatsRequest { TaskId = new() { Id = id } }),
        ["levity.TaskManager/AttachTask"] = Row.ForAttachers(id => new AttachTaskRequest { TaskId = new() { Id = id } }),

        ["levity.TaskManager/WatchTask"] = Row.ForReaders(id => new WatchTaskRequest { TaskId = new() { Id = id } }),

        // What they tell of is another test's question.
        ["levity.TaskManager/ListTasks"] = Row.ForAll(_ => new ListTasksRequest()),
        ["levity.TaskManager/WatchTasks"] = Row.ForAll(_ => new WatchTasksRequest()),

        ["levity.TaskManager/ShareTask"] =
            Row.ForOwner(id => new ShareTaskRequest { TaskId = new() { Id = id }, User = "erin", Read = true }),
        ["levity.TaskManager/UnshareTask"] =
            Row.ForOwner(id => new UnshareTaskRequest { TaskId = new() { Id = id }, User = "erin" }),
        ["levity.TaskManager/GetServerVersion"] = Row.ForAll(_ => new GetServerVersionRequest()),
        [RemoveTask] = Row.ForOwner(id => new RemoveTaskRequest { TaskId = new() { Id = id }, Force = true }),

        ["grpc.health.v1.Health/Check"] = Row.ForAll(_ => new HealthCheckRequest()),
        ["grpc.health.v1.Health/Watch"] = Row.ForAll(_ => new HealthCheckRequest()),

        ["grpc.reflection.v1.ServerReflection/ServerReflectionInfo"] =
            Row.ForAll(_ => new ReflectionV1.ServerReflectionRequest { ListServices = "" }),
        ["grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo"] =
            Row.ForAll(_ => new ReflectionAlpha.ServerReflectionRequest { ListServices = "" }),
    };

    public static IReadOnlyList<ServiceDescriptor> Services { get; } =
    [
        TaskManager.Descriptor,
        Health.Descriptor,
        ReflectionV1.ServerReflection.Descriptor,
        ReflectionAlpha.ServerReflection.Descriptor,
    ];

    /// <summary>The one that leaves nothing to ask about is the last.</summary>
    public static IEnumerable<MethodDescriptor> Methods => Services
        .SelectMany(service => service.Methods)
        .OrderBy(method => AnyMethod.NameOf(method) == RemoveTask);

    public static IEnumerable<string> RowNames => Rows.Keys;

    public static Row RowOf(MethodDescriptor method) => Rows[AnyMethod.NameOf(method)];

    /// <summary>The owner and admins may call all there is.</summary>
    /// <param name="Request">A request about a task of this id, which the owner may make.</param>
    /// <param name="Viewer">What one who may read all tasks, and start none, is told.</param>
    /// <param name="Reader">What one with whom the task is shared to read it, and who may start none, is told.</param>
    /// <param name="Signaller">The same of one with whom it is shared to stop it.</param>
    /// <param name="Attacher">The same of one with whom it is shared to attach to it.</param>
    /// <param name="Other">What another user, who may start tasks, is told.</param>
    /// <param name="NoStart">What another user, who may not, is told.</param>
    internal sealed record Row(
        Func<string, IMessage> Request,
        StatusCode Viewer,
        StatusCode Reader,
        StatusCode Signaller,
        StatusCode Attacher,
        StatusCode Other,
        StatusCode NoStart)
    {
        private const StatusCode Yes = StatusCode.OK;
        private const StatusCode No = StatusCode.PermissionDenied;
        private const StatusCode Nothing = StatusCode.NotFound;

        public static Row ForAll(Func<string, IMessage> request) => new(request, Yes, Yes, Yes, Yes, Yes, Yes);

        public static Row ForStarters(Func<string, IMessage> request) => new(request, No, No, No, No, Yes, No);

        public static Row ForReaders(Func<string, IMessage> request) => new(request, Yes, Yes, No, No, Nothing, Nothing);

        public static Row ForSignallers(Func<string, IMessage> request) => new(request, No, No, Yes, No, Nothing, Nothing);

        public static Row ForAttachers(Func<string, IMessage> request) => new(request, No, No, No, Yes, Nothing, Nothing);

        public static Row ForOwner(Func<string, IMessage> request) => new(request, No, No, No, No, Nothing, Nothing);

        public StatusCode For(Caller caller) => caller switch
        {
            Caller.Viewer => Viewer,
            Caller.Reader => Reader,
            Caller.Signaller => Signaller,
            Caller.Attacher => Attacher,
            Caller.Other => Other,
            Caller.NoStart => NoStart,
            _ => StatusCode.OK,
        };
    }
}
