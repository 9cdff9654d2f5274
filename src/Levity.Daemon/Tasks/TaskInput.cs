using Google.Protobuf;
using Levity.Daemon.Supervision;
using Levity.Protocol.Supervisor;

namespace Levity.Daemon.Tasks;

/// <summary>
/// What is written to tasks' standard input goes on to the supervisor, at the task's pace: one message of a writer is with
/// it before the next one is looked at, and nothing waits anywhere else.
/// </summary>
internal sealed class TaskInput(ISupervisor supervisor)
{
    /// <summary>
    /// Waits until the task has taken all of it, or takes no more. What it had taken before is taken once.
    /// Throws <see cref="SupervisorUnavailableException"/>; the same can be written again then.
    /// </summary>
    /// <param name="writer">Whose bytes are counted.</param>
    /// <param name="offset">How many of them come before these.</param>
    /// <param name="end">There are no more after these.</param>
    public async Task<InputOutcome> WriteAsync(
        ManagedTask task, string writer, ulong offset, ByteString data, bool end, CancellationToken cancellationToken)
    {
        var whole = offset + (ulong)data.Length;
        while (true)
        {
            var request = new WriteInput
            {
                TaskId = task.Record.Id.ToString(),
                Writer = writer,
                Offset = offset,
                Data = data,
                End = end,
            };
            var reply = await supervisor.WriteInputAsync(request, cancellationToken);
            if (reply.BodyCase == Reply.BodyOneofCase.Failure)
            {
                return new InputOutcome(0, IsClosed: false) { Failure = reply.Failure };
            }

            var taken = reply.InputTaken.Taken;
            if (reply.InputTaken.Closed || taken >= whole || taken < offset)
            {
                return new InputOutcome(taken, reply.InputTaken.Closed);
            }

            data = UnsafeByteOperations.UnsafeWrap(data.Memory[(int)(taken - offset)..]);
            offset = taken;
        }
    }

    /// <summary>
    /// Tells the task the size of its terminal, and has it draw anew. Throws
    /// <see cref="SupervisorUnavailableException"/>.
    /// </summary>
    /// <returns>Why that could not be done; null when it was, or the task is over.</returns>
    public async Task<Failure?> ResizeAsync(
        ManagedTask task, uint rows, uint columns, CancellationToken cancellationToken)
    {
        var request = new ResizeTerminal
        {
            TaskId = task.Record.Id.ToString(),
            Size = new TerminalSize { Rows = rows, Columns = columns },
        };
        return (await supervisor.ResizeTerminalAsync(request, cancellationToken)).Failure;
    }
}

/// <summary>What has become of some input.</summary>
/// <param name="Taken">How many bytes of the writer the task has by now. Fewer than came before: some are missing.</param>
/// <param name="IsClosed">It takes no more.</param>
internal readonly record struct InputOutcome(ulong Taken, bool IsClosed)
{
    public Failure? Failure { get; init; }
}
