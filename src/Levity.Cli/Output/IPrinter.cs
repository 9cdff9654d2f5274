namespace Levity.Cli.Output;

/// <summary>Prints many things, one after the other.</summary>
internal interface IPrinter<T>
{
    void Print(T item);

    /// <summary>There are no more.</summary>
    void End();
}
