namespace Levity.Cli.Output;

/// <summary>A row for each in a table, which is printed when there are no more.</summary>
internal sealed class TableRows<T>(ConsoleOutput output, TextTable table, Func<T, Cell[]> rowOf) : IPrinter<T>
{
    public void Print(T item) => table.Add(rowOf(item));

    public void End() => output.Write(table);
}
