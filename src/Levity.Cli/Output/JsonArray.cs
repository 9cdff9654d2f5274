namespace Levity.Cli.Output;

/// <summary>One JSON array, a line for each object of it.</summary>
internal sealed class JsonArray<T> : IPrinter<T>
{
    private readonly ConsoleOutput _output;
    private readonly Lines<T> _lines;
    private bool _hasBegun;

    public JsonArray(ConsoleOutput output, Func<T, string> jsonOf)
    {
        _output = output;
        _lines = new Lines<T>(output, item => Separator() + jsonOf(item));
    }

    public void Print(T item) => _lines.Print(item);

    public void End()
    {
        _lines.End();
        _output.Write(_hasBegun ? "]\n" : "[]\n");
    }

    private string Separator()
    {
        var separator = _hasBegun ? "," : "[";
        _hasBegun = true;
        return separator;
    }
}
