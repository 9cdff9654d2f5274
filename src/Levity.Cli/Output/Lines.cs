using System.Text;

namespace Levity.Cli.Output;

/// <summary>A line for each.</summary>
/// <param name="output">Where they are printed.</param>
/// <param name="lineOf">What is said of one.</param>
/// <param name="atOnce">Not together with others: somebody waits for it.</param>
internal sealed class Lines<T>(ConsoleOutput output, Func<T, string> lineOf, bool atOnce = false) : IPrinter<T>
{
    // Not a write for each of a hundred thousand.
    private const int Enough = 64 * 1024;

    private readonly StringBuilder _lines = new();

    public void Print(T item)
    {
        _lines.Append(lineOf(item)).Append('\n');
        if (atOnce || _lines.Length >= Enough)
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
