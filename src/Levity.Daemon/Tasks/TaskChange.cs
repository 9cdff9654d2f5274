using Levity.Daemon.Registry;

namespace Levity.Daemon.Tasks;

/// <summary>Something that has happened to a task.</summary>
/// <param name="Task">The task.</param>
/// <param name="Record">What was on record right after it.</param>
/// <param name="IsRemoval">The task is gone.</param>
/// <param name="Number">Of all changes since levityd was started, in about the order in which they were.</param>
internal readonly record struct TaskChange(ManagedTask Task, TaskRecord Record, bool IsRemoval, long Number);
