using Levity.Protocol;

namespace Levity.Cli.Output;

/// <summary>Prints many tasks, one after the other.</summary>
internal interface ITaskPrinter
{
    void Print(TaskEntry task);

    /// <summary>There are no more.</summary>
    void End();
}
