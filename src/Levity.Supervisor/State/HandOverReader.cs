using Levity.Linux;
using Levity.Logs;
using Levity.Processes;
using Levity.Protocol;
using Levity.Protocol.Supervisor;
using Levity.Supervisor.Children;
using Levity.Supervisor.Input;
using Levity.Supervisor.Output;

namespace Levity.Supervisor.State;

/// <summary>Goes on with the children that the program before this one has handed over.</summary>
internal sealed class HandOverReader(
    ChildLives lives,
    ChildStarter starter,
    OutputLoop output,
    WorkQueue work,
    SupervisorDirectory directory,
    ContainmentRoot containments,
    SupervisorLog log)
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

        foreach (var unsealed in state.Unsealed)
        {
            RestoreUnsealed(unsealed);
        }

        containments.RemoveOthers(state.Live.Select(child => (child.TaskId, child.Retry?.Attempts ?? 1)));
    }

    private void RestoreLive(HandedChild handed)
    {
        var stdout = TakePipe(handed.HasStdoutFd, handed.StdoutFd);
        var stderr = TakePipe(handed.HasStderrFd, handed.StderrFd);
        var input = TakeInput(handed.Input);
        var retry = TakeRetry(handed.Retry);
        var attempt = RestoreAttempt(handed);
        try
        {
            var task = Parse(handed.TaskId);
            var debt = new LogDebt(handed.LostLogBytes, handed.OwedLogBytes);
            lives.Restore(
                Child.Of(
                    handed,
                    task,
                    attempt,
                    new TaskOutput(handed.TaskId, stdout, stderr, ReopenLog(task, handed.LogQuotaBytes, debt))
                    {
                        HeldOpen = retry is not null ? [retry.Streams.Output, retry.Streams.Error]
                            : handed.Input is { IsTerminal: true } ? [PseudoTerminal.Open(stdout)]
                            : [],
                    },
                    input,
                    retry),
                handed);
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            // All the others go on. This one is lost, and levityd settles it as such.
            log.Write($"task {handed.TaskId} cannot be gone on with, and is ended: {e.Message}");
            attempt?.Containment.KillAll();
            attempt?.Dispose();
            stdout.Dispose();
            stderr.Dispose();
            retry?.Streams.Output.Dispose();
            retry?.Streams.Error.Dispose();
            input?.Close();
        }
    }

    // None of one that waits until it is executed again.
    private Attempt? RestoreAttempt(HandedChild handed)
    {
        var number = handed.Retry?.Attempts ?? 1;
        return handed.Leader is { } leader
            ? new Attempt(number, leader.Pid, containments.Restore(handed.TaskId, number, ContainmentMessages.Get(handed)))
            : null;
    }

    private void RestoreUnsealed(UnsealedLog unsealed)
    {
        var ending = unsealed.Ending ?? new ChildEnded();
        try
        {
            var writer = ReopenLog(
                Parse(ending.TaskId), unsealed.LogQuotaBytes, new LogDebt(ending.LostLogBytes, unsealed.OwedLogBytes));
            var (stdout, stderr) = (new SafeFileDescriptor(), new SafeFileDescriptor());
            output.AddUnsealed(new TaskOutput(ending.TaskId, stdout, stderr, writer), ending);
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            // Removed meanwhile, most likely. levityd has the ending all the same.
            log.Write($"task {ending.TaskId}: its log, which had no end, is not gone on with: {e.Message}");
        }
    }

    private static TaskId Parse(string taskId) =>
        TaskId.TryParse(taskId, out var task) ? task : throw new InvalidDataException("that is no task id");

    private LogWriter ReopenLog(TaskId task, ulong quota, LogDebt debt)
    {
        var writer = LogWriter.Continue(directory.LogOf(task), new LogQuota(quota), debt);
        if (writer.IsSealed)
        {
            writer.Dispose();
            throw new InvalidDataException("its log has an end already");
        }

        // Opened again when the task writes.
        writer.ReleaseFile();
        return writer;
    }

    private TaskInput? TakeInput(HandedInput? handed) => handed is null ? null : new TaskInput(
        work,
        InheritedDescriptor.Take<SafeFileDescriptor>(handed.WriteFd),
        handed.IsTerminal,
        InputWriters.Of(handed.Writers));

    private ChildRetries? TakeRetry(HandedRetry? handed) => handed is null ? null : starter.RetryWith(
        handed.Request,
        InheritedDescriptor.Take<SafeFileDescriptor>(handed.StdoutFd),
        InheritedDescriptor.Take<SafeFileDescriptor>(handed.StderrFd));

    private static SafeFileDescriptor TakePipe(bool isOpen, int number) =>
        isOpen ? InheritedDescriptor.Take<SafeFileDescriptor>(number) : new SafeFileDescriptor();
}
