using Levity.Linux;
using Levity.Logs;
using Levity.Processes;
using Levity.Protocol;
using Levity.Protocol.Supervisor;
using Levity.Supervisor.Children;
using Levity.Supervisor.Output;

namespace Levity.Supervisor.State;

/// <summary>Goes on with the children that the program before this one has handed over.</summary>
internal sealed class HandOverReader(
    ChildLives lives, SupervisorDirectory directory, ContainmentRoot containments, SupervisorLog log)
{
    public void Restore(HandOver state)
    {
        // Those whose first process was waited for come first: its number may be that of another one's by now.
        foreach (var handed in state.Live.OrderBy(child => child.LeaderEnded is null))
        {
            RestoreLive(handed);
        }

        foreach (var ended in state.Ended)
        {
            if (TaskId.TryParse(ended.TaskId, out var task))
            {
                lives.Children.Add(task, ended);
            }
        }

        containments.RemoveOthers(state.Live.Select(child => child.TaskId).ToHashSet());
    }

    private void RestoreLive(HandedChild handed)
    {
        var stdout = TakePipe(handed.HasStdoutFd, handed.StdoutFd);
        var stderr = TakePipe(handed.HasStderrFd, handed.StderrFd);
        var containment = containments.Restore(handed.TaskId, ContainmentMessages.Get(handed));
        try
        {
            var task = TaskId.TryParse(handed.TaskId, out var id)
                ? id
                : throw new InvalidDataException("that is no task id");
            var output = new TaskOutput(handed.TaskId, stdout, stderr, ReopenLog(task, handed));
            lives.Restore(
                Child.Of(handed, task, containment, output),
                handed.HasStopDeadlineNs ? handed.StopDeadlineNs : null);
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            // All the others go on. This one is lost, and levityd settles it as such.
            log.Write($"task {handed.TaskId} cannot be gone on with, and is ended: {e.Message}");
            containment.KillAll();
            containment.Dispose();
            stdout.Dispose();
            stderr.Dispose();
        }
    }

    private LogWriter ReopenLog(TaskId task, HandedChild handed)
    {
        var writer = LogWriter.Continue(
            directory.LogOf(task),
            new LogQuota(handed.LogQuotaBytes),
            new LogDebt(handed.LostLogBytes, handed.OwedLogBytes));
        if (writer.IsSealed)
        {
            writer.Dispose();
            throw new InvalidDataException("its log has an end already");
        }

        // Opened again when the task writes.
        writer.ReleaseFile();
        return writer;
    }

    private static SafeFileDescriptor TakePipe(bool isOpen, int number) =>
        isOpen ? InheritedDescriptor.Take<SafeFileDescriptor>(number) : new SafeFileDescriptor();
}
