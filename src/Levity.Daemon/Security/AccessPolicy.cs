using System.Collections.Frozen;

namespace Levity.Daemon.Security;

/// <summary>What a caller must be to use a method.</summary>
internal enum Access
{
    /// <summary>Anybody with a valid certificate; what the method tells is no secret among them.</summary>
    Authenticated,

    /// <summary>Anybody with a valid certificate, for tasks of their own: the method itself finds only those.</summary>
    Owner,
}

/// <summary>
/// The one table of who may call what. levityd does not start while it serves a method that has no row here, and a test
/// walks the same table against every kind of caller.
/// </summary>
internal static class AccessPolicy
{
    private static readonly FrozenDictionary<string, Access> Table = new Dictionary<string, Access>
    {
        ["/levity.TaskManager/StartTask"] = Access.Authenticated,
        ["/levity.TaskManager/QueryTask"] = Access.Owner,
        ["/levity.TaskManager/SignalTask"] = Access.Owner,
        ["/levity.TaskManager/FetchLogs"] = Access.Owner,
        ["/levity.TaskManager/StreamLogs"] = Access.Owner,
        ["/levity.TaskManager/RemoveTask"] = Access.Owner,

        ["/grpc.health.v1.Health/Check"] = Access.Authenticated,
        ["/grpc.health.v1.Health/Watch"] = Access.Authenticated,

        ["/grpc.reflection.v1.ServerReflection/ServerReflectionInfo"] = Access.Authenticated,
        ["/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo"] = Access.Authenticated,
    }.ToFrozenDictionary();

    public static IReadOnlyCollection<string> Methods => Table.Keys;

    public static bool Covers(string method) => Table.ContainsKey(method);
}
