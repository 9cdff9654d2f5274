using Levity.Daemon.Registry;
using Levity.Daemon.Security;
using Levity.Daemon.Tasks;
using Levity.Protocol;

namespace Levity.Daemon.Api;

/// <summary>What a caller is told of a task: all that there is, but for what is the owner's alone.</summary>
internal sealed class TaskReporter(AccessPolicy policy, TaskExpiry expiry)
{
    // For a list: what a glance at a command needs.
    private const int LongestCommand = 1_000;

    /// <param name="task">Which task.</param>
    /// <param name="record">What was, or is, on record of it.</param>
    /// <param name="caller">Who is told.</param>
    /// <param name="withRequest">Tell what was asked for as well.</param>
    public QueryTaskResponse Report(ManagedTask task, TaskRecord record, CallerIdentity caller, bool withRequest = false)
    {
        var report = TaskReports.Of(record, expiry.ExpiresAt(task), withRequest ? record.Request : null);
        if (withRequest && !policy.RightsTo(record, caller).HasFlag(Rights.Own))
        {
            TaskReports.WithholdEnvironment(report);
        }

        report.Shares.Add(policy.SharesToldTo(record, caller));
        return report;
    }

    /// <summary>The task as one of many.</summary>
    public TaskEntry Entry(ManagedTask task, TaskRecord record, CallerIdentity caller)
    {
        var request = record.Request;
        var entry = new TaskEntry
        {
            TaskId = new TaskHandle { Id = record.Id.ToString() },
            Report = Report(task, record, caller),
            Binary = request.Binary,
        };
        var room = LongestCommand - request.Binary.Length;
        foreach (var argument in request.Args)
        {
            if (argument.Length > room)
            {
                // Not in the middle of a character that takes two.
                var length = Math.Max(0, room > 0 && char.IsHighSurrogate(argument[room - 1]) ? room - 1 : room);
                entry.Args.Add(argument[..length]);
                entry.ArgsCut = true;
                break;
            }

            entry.Args.Add(argument);
            room -= argument.Length + 1;
        }

        return entry;
    }
}
