using System.Collections.Frozen;
using Levity.Daemon.Registry;
using Levity.Protocol;

namespace Levity.Daemon.Security;

/// <summary>
/// The one table of who may call what: what each method needs, and who has that. levityd does not start while it serves a
/// method that has no row here, and a test walks the same table against every kind of caller.
/// </summary>
internal sealed class AccessPolicy(Roles roles, TimeProvider time)
{
    // Need a task that they are about. Who has none of them about a task is not even told that there is one.
    private const Rights OnTask = Rights.Read | Rights.Signal | Rights.Attach | Rights.Remove | Rights.Own | Rights.Share;

    private static readonly FrozenDictionary<string, Rights> Table = new Dictionary<string, Rights>
    {
        ["/levity.TaskManager/StartTask"] = Rights.Start,
        ["/levity.TaskManager/QueryTask"] = Rights.Read,
        ["/levity.TaskManager/SignalTask"] = Rights.Signal,
        ["/levity.TaskManager/FetchLogs"] = Rights.Read,
        ["/levity.TaskManager/StreamLogs"] = Rights.Read,
        ["/levity.TaskManager/StreamStats"] = Rights.Read,
        ["/levity.TaskManager/AttachTask"] = Rights.Attach,
        ["/levity.TaskManager/RemoveTask"] = Rights.Remove,
        ["/levity.TaskManager/ShareTask"] = Rights.Share,
        ["/levity.TaskManager/UnshareTask"] = Rights.Share,
        ["/levity.TaskManager/WatchTask"] = Rights.Read,

        // What they tell of is asked for each task.
        ["/levity.TaskManager/ListTasks"] = Rights.None,
        ["/levity.TaskManager/WatchTasks"] = Rights.None,

        ["/levity.TaskManager/GetServerVersion"] = Rights.None,

        ["/grpc.health.v1.Health/Check"] = Rights.None,
        ["/grpc.health.v1.Health/Watch"] = Rights.None,

        ["/grpc.reflection.v1.ServerReflection/ServerReflectionInfo"] = Rights.None,
        ["/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo"] = Rights.None,
    }.ToFrozenDictionary();

    public static IReadOnlyCollection<string> Methods => Table.Keys;

    public static bool Covers(string method) => Table.ContainsKey(method);

    /// <summary>What a caller needs for a method that is in the table.</summary>
    public static Rights NeededBy(string method) => Table[method];

    /// <summary>Why a caller may not use a method at all, whatever it is about; null when they may.</summary>
    public string? Refusal(string method, CallerIdentity caller) => !Covers(method)
        ? "the access policy has no row for this method"
        : (NeededBy(method) & ~OnTask & ~roles.Of(caller.Name)) == Rights.None
            ? null
            : $"{caller.Name} may not start tasks here: the operator of this server has not put that name into start.allow";

    /// <summary>Whether a caller may read all tasks, whoever has started them.</summary>
    public bool MayReadAll(CallerIdentity caller) => roles.Of(caller.Name).HasFlag(Rights.Read);

    /// <summary>
    /// What a caller may do with a task: the sum of what all sources of rights give. Asked for each id, also where there
    /// is no task, and then it takes the same way: what a caller without rights is told, and when, depends on nothing
    /// that they do not know.
    /// </summary>
    public Rights RightsTo(TaskRecord? task, CallerIdentity caller) =>
        LastingRightsTo(task, caller) | GivenBy(task?.ShareOf(caller.Name, time.GetUtcNow()));

    /// <summary>Those of them that last: no time and no other user takes them away.</summary>
    public Rights LastingRightsTo(TaskRecord? task, CallerIdentity caller) =>
        (roles.Of(caller.Name) & OnTask)
        | (string.Equals(task?.Owner, caller.Name, StringComparison.Ordinal) ? OnTask : Rights.None);

    /// <summary>The shares that a caller is told of: who may share all of them, others their own.</summary>
    public IEnumerable<TaskShare> SharesToldTo(TaskRecord task, CallerIdentity caller)
    {
        var now = time.GetUtcNow();
        return LastingRightsTo(task, caller).HasFlag(Rights.Share) ? task.SharesAt(now)
            : task.ShareOf(caller.Name, now) is { } own ? [own]
            : [];
    }

    // Never Share, so that nobody passes on what they were given, and never Own.
    private static Rights GivenBy(TaskShare? share) =>
        (share is { Read: true } ? Rights.Read : Rights.None)
        | (share is { Signal: true } ? Rights.Signal : Rights.None)
        | (share is { Attach: true } ? Rights.Attach : Rights.None);
}
