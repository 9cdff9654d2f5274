using Levity.Protocol;

namespace Levity.Cli.Output;

/// <summary>One JSON array, a line for each task of it.</summary>
internal sealed class TaskJsonArray : ITaskPrinter
{
    private readonly ConsoleOutput _output;
    private readonly TaskLines _lines;
    private bool _hasBegun;

    public TaskJsonArray(ConsoleOutput output)
    {
        _output = output;
        _lines = new TaskLines(output, LineOf);
    }

    public void Print(TaskEntry task) => _lines.Print(task);

    public void End()
    {
        _lines.End();
        _output.Write(_hasBegun ? "]\n" : "[]\n");
    }

    private string LineOf(TaskEntry task)
    {
        var before = _hasBegun ? "," : "[";
        _hasBegun = true;
        return before + TaskJson.Of(task);
    }
}
