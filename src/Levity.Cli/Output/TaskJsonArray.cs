using Levity.Protocol;

namespace Levity.Cli.Output;

/// <summary>One JSON array, a line for each task of it.</summary>
internal sealed class TaskJsonArray(ConsoleOutput output) : ITaskPrinter
{
    private bool _hasBegun;

    public void Print(IReadOnlyList<TaskEntry> tasks)
    {
        foreach (var task in tasks)
        {
            output.Write($"{(_hasBegun ? ",\n" : "[\n")}{TaskJson.Of(task)}");
            _hasBegun = true;
        }
    }

    public void End() => output.Write(_hasBegun ? "\n]\n" : "[]\n");
}
