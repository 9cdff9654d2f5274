using Levity.Daemon.Supervision;
using Levity.Protocol.Supervisor;

namespace Levity.Daemon.Tasks;

/// <summary>
/// Asks the supervisor what tasks use. Of so many at a time as one request may be about: in between it does all else that it
/// is asked for.
/// </summary>
internal sealed class TaskMeter(ISupervisor supervisor)
{
    /// <summary>How many one call may be about.</summary>
    public const int Most = ControlProtocol.MostMeasured;

    /// <summary>
    /// What each of them uses, by its id; those that are over are left out. Or why nobody knows. Throws
    /// <see cref="SupervisorUnavailableException"/>.
    /// </summary>
    public async Task<(IReadOnlyDictionary<string, MeasuredChild> Measured, Failure? Failure)> MeasureAsync(
        IEnumerable<ManagedTask> tasks, CancellationToken cancellationToken)
    {
        var request = new MeasureChildren { TaskIds = { tasks.Select(task => task.Record.Id.ToString()) } };
        var reply = await supervisor.MeasureChildrenAsync(request, cancellationToken);
        return (
            reply.ChildrenMeasured?.Children.ToDictionary(child => child.TaskId, StringComparer.Ordinal) ?? [],
            reply.Failure);
    }
}
