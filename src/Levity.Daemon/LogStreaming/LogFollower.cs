using System.Runtime.CompilerServices;
using Levity.Logs;

namespace Levity.Daemon.LogStreaming;

/// <summary>
/// Reads the logs that the supervisor writes. What was written and what is going to be are one loop: a cursor and a
/// wait.
/// </summary>
internal sealed class LogFollower(string logs, LogTail tail)
{
    /// <summary>Opens the log of a task at a cursor; no reader when the task has no log.</summary>
    /// <exception cref="InvalidCursorException">The cursor is not one of this log's.</exception>
    /// <exception cref="InvalidDataException">The log cannot be read.</exception>
    public LogReader? Open(string taskId, ulong cursor) =>
        LogReader.Open(Path.Combine(logs, taskId), new LogCursor(cursor), out var reader) switch
        {
            LogOpenOutcome.Opened => reader,
            LogOpenOutcome.NoSuchLog => null,
            LogOpenOutcome.InvalidCursor => throw new InvalidCursorException(),
            var outcome => throw new InvalidDataException($"{outcome} at {cursor}"),
        };

    /// <summary>Opens the log of a task where its last lines begin; no reader when the task has no log.</summary>
    /// <param name="counts">Whether output on that stream at that time (nanoseconds since 1970) counts.</param>
    /// <exception cref="InvalidDataException">The log cannot be read.</exception>
    public LogReader? OpenAtLines(string taskId, ulong lines, Func<LogStream, long, bool> counts) =>
        LogReader.OpenAtLines(Path.Combine(logs, taskId), lines, counts, out var reader) switch
        {
            LogOpenOutcome.Opened => reader,
            LogOpenOutcome.NoSuchLog => null,
            var outcome => throw new InvalidDataException($"{outcome} at its last lines"),
        };

    /// <summary>
    /// What the log has from the reader's cursor on, and with <paramref name="follow"/> what it is going to have, until
    /// it is sealed. A frame's payload is good until the next one is asked for. The log of a task that is over and could
    /// not be sealed ends in AtEnd.
    /// </summary>
    /// <param name="isOver">Whether nothing will be written any more, even if the log could not be sealed.</param>
    /// <exception cref="InvalidDataException">The log is damaged.</exception>
    public async IAsyncEnumerable<(LogReadOutcome Outcome, LogFrame Frame)> ReadAsync(
        string taskId,
        LogReader reader,
        bool follow,
        Func<bool> isOver,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            // Asked before reading: what is there to be read then is all there is.
            var over = isOver();
            var outcome = reader.ReadNext(out var frame);
            switch (outcome)
            {
                case LogReadOutcome.Frame or LogReadOutcome.Gap:
                    yield return (outcome, frame);
                    break;
                case LogReadOutcome.Sealed:
                    yield return (outcome, frame);
                    yield break;
                case LogReadOutcome.AtEnd when over:
                    yield return (outcome, new LogFrame { Next = reader.Cursor });
                    yield break;
                case LogReadOutcome.AtEnd when !follow:
                    yield break;
                case LogReadOutcome.AtEnd:
                    await tail.WaitAsync(taskId, reader.Cursor.Position, isOver, cancellationToken);
                    break;
                default:
                    throw new InvalidDataException($"what is at {reader.Cursor} is no frame, although more follows");
            }

            cancellationToken.ThrowIfCancellationRequested();
        }
    }
}

/// <summary>A cursor that no reader of this log was given.</summary>
internal sealed class InvalidCursorException() : Exception("not a cursor of this log");
