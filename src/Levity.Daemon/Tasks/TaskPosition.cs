using Levity.Daemon.Registry;
using Levity.Protocol;

namespace Levity.Daemon.Tasks;

/// <summary>
/// Where a task stands in the order of all: by when it was made, and then by its id. It is the same for as long as there is
/// the task, and also when it is not there any more, or the clock was set back.
/// </summary>
internal readonly record struct TaskPosition(long CreatedAt, TaskId Id) : IComparable<TaskPosition>
{
    public static readonly TaskPosition First;

    public static readonly TaskPosition Last = new(long.MaxValue, default);

    public static TaskPosition Of(TaskRecord record) => new(record.CreatedAt.UtcTicks, record.Id);

    public int CompareTo(TaskPosition other) =>
        CreatedAt.CompareTo(other.CreatedAt) is not 0 and var order ? order : Id.CompareTo(other.Id);
}
