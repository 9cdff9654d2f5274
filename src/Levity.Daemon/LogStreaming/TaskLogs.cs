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
    /// Removes what a task has written, for good: it does not come back when the machine loses power. Nothing happens
    /// when there is none.
    /// </summary>
    /// <exception cref="LogNotRemovedException">Some of it may be gone; it can be tried again.</exception>
    public void Remove(string taskId)
    {
        try
        {
            LogDirectory.DeleteDurably(Path.Combine(directory, taskId));
        }
        catch (IOException e)
        {
            throw new LogNotRemovedException($"the log of task {taskId} cannot be removed: {e.Message}", e);
        }
    }
}

/// <summary>A log, or some of it, is still there.</summary>
internal sealed class LogNotRemovedException(string message, Exception inner) : IOException(message, inner);
