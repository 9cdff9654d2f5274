using Levity.Protocol;

namespace Levity.Cli.Output;

/// <summary>A line for each task, as it comes.</summary>
internal sealed class TaskLines(ConsoleOutput output, Func<TaskEntry, string> lineOf) : ITaskPrinter
{
    public void Print(IReadOnlyList<TaskEntry> tasks) =>
        output.Write(string.Concat(tasks.Select(task => $"{lineOf(task)}\n")));

    public void End()
    {
    }
}
