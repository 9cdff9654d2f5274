using Google.Protobuf;
using Levity.Logs;
using Levity.Protocol.Supervisor;

namespace Levity.Supervisor.Output;

/// <summary>
/// The last frame of a task's log carries its ending, so that the log alone tells how the task ended.
/// </summary>
internal static class OutputSeal
{
    /// <summary>
    /// Seals the log. When the disk takes nothing more the ending is still told to levityd, with what was lost.
    /// </summary>
    public static AppendOutcome Write(LogWriter log, ChildEnded ending)
    {
        ending.LostLogBytes = log.LostBytes;
        return log.Seal(ending.EndedAtUnixNs, ending.ToByteArray());
    }

    /// <summary>The ending that a log was sealed with; null when it is not sealed or not there.</summary>
    public static ChildEnded? TryRead(string directory) =>
        LogSeal.TryRead(directory, out var ending) ? ChildEnded.Parser.ParseFrom(ending) : null;
}
