using Levity.Logs;
using Levity.Protocol;
using Levity.Protocol.Supervisor;
using Levity.Supervisor.Output;
using Levity.Supervisor.State;

namespace Levity.Supervisor.Children;

/// <summary>
/// Settles tasks that levityd takes for live and this supervisor does not have: a supervisor before it ended or was
/// killed. What that one's log says is the truth; a log without an end gets one that says what is not known.
/// </summary>
internal sealed class LostTasks(SupervisorDirectory directory, SupervisorLog log)
{
    /// <summary>The ending that the task's log has from now on, or a failure when the log cannot be written.</summary>
    public Reply Settle(TaskId task, ChildEnded suggested)
    {
        var path = directory.LogOf(task);
        try
        {
            return new Reply { ChildEnded = OutputSeal.TryRead(path) ?? SealNow(path, suggested) };
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            log.Write($"task {task}: its log cannot be sealed: {e.Message}");
            return new Reply { Failure = new Failure { Kind = Failure.Types.Kind.Resources, Message = e.Message } };
        }
    }

    /// <summary>Whether the task's log has an end.</summary>
    public bool IsSealed(TaskId task) => OutputSeal.TryRead(directory.LogOf(task)) is not null;

    private static ChildEnded SealNow(string path, ChildEnded suggested)
    {
        var ending = suggested.Clone();

        // The log is made before the process is.
        ending.NeverExecuted = !Directory.Exists(path);

        Failpoints.Pass(Failpoint.SettleSealing);
        using var writer = ending.NeverExecuted ? LogWriter.Create(path) : LogWriter.Reopen(path);
        if (writer.IsSealed)
        {
            // It was all the time, behind a tail that has just been cut off.
            return OutputSeal.TryRead(path) ?? throw new InvalidDataException($"the end of '{path}' cannot be read");
        }

        if (OutputSeal.Write(writer, ending) is { Succeeded: false } failed)
        {
            throw new IOException($"'{path}' cannot be sealed: {failed}");
        }

        Failpoints.Pass(Failpoint.SettleSealed);
        return ending;
    }
}
