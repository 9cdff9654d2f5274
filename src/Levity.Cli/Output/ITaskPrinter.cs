using Levity.Protocol;

namespace Levity.Cli.Output;

/// <summary>Prints many tasks, which come some at a time.</summary>
internal interface ITaskPrinter
{
    void Print(IReadOnlyList<TaskEntry> tasks);

    /// <summary>There are no more.</summary>
    void End();
}
