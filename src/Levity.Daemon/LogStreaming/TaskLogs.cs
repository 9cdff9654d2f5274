using System.IO.Enumeration;
using Levity.Logs;

namespace Levity.Daemon.LogStreaming;

/// <summary>The directory with the logs of all tasks, which the supervisor writes and only levityd removes.</summary>
internal sealed class TaskLogs(string directory)
{
    /// <summary>How many bytes a task's log has on disk. It may be written meanwhile.</summary>
    public long Measure(string taskId)
    {
        try
        {
            return new FileSystemEnumerable<long>(
                Path.Combine(directory, taskId), (ref FileSystemEntry entry) => entry.Length).Sum();
        }
        catch (DirectoryNotFoundException)
        {
            // Not started yet, or removed.
            return 0;
        }
    }

    /// <summary>
    /// Begins to remove what a task has written: from now on there is no log of it, and that is so after a crash and
    /// a loss of power too. Nothing happens when there is none.
    /// </summary>
    /// <exception cref="LogNotRemovedException">It can be tried again.</exception>
    public void BeginRemoval(string taskId) => Remove(taskId, () => LogRemoval.Begin(directory, taskId));

    /// <summary>Removes what was written, as soon as that was begun.</summary>
    /// <exception cref="LogNotRemovedException">Some of it may be gone; it can be tried again.</exception>
    public void Remove(string taskId) => Remove(taskId, () => LogRemoval.Empty(directory, taskId));

    /// <summary>All else that there was of the task is gone as well.</summary>
    public void EndRemoval(string taskId)
    {
        try
        {
            LogRemoval.End(directory, taskId);
        }
        catch (IOException)
        {
            // A directory with nothing in it: the next levityd takes it away.
        }
    }

    /// <summary>The tasks whose removal was begun and not ended.</summary>
    /// <exception cref="IOException">The directory cannot be read.</exception>
    public IReadOnlyList<string> UnfinishedRemovals() => LogRemoval.Unfinished(directory);

    private static void Remove(string taskId, Action step)
    {
        try
        {
            step();
        }
        catch (IOException e)
        {
            throw new LogNotRemovedException($"the log of task {taskId} cannot be removed: {e.Message}", e);
        }
    }
}

/// <summary>A log, or some of it, is still there.</summary>
internal sealed class LogNotRemovedException(string message, Exception inner) : IOException(message, inner);
