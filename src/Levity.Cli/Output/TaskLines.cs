using System.Text;
using Levity.Protocol;

namespace Levity.Cli.Output;

/// <summary>A line for each task.</summary>
internal sealed class TaskLines(ConsoleOutput output, Func<TaskEntry, string> lineOf) : ITaskPrinter
{
    // Not a write for each of a hundred thousand.
    private const int Enough = 64 * 1024;

    private readonly StringBuilder _lines = new();

    public void Print(TaskEntry task)
    {
        _lines.Append(lineOf(task)).Append('\n');
        if (_lines.Length >= Enough)
        {
            End();
        }
    }

    public void End()
    {
        output.Write(_lines.ToString());
        _lines.Clear();
    }
}
