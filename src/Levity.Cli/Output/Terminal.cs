namespace Levity.Cli.Output;

/// <summary>What standard output is, when it is a terminal.</summary>
/// <param name="Width">In columns.</param>
/// <param name="WithColor">Unless NO_COLOR is set (no-color.org) or the terminal says that it is dumb.</param>
internal sealed record Terminal(int Width, bool WithColor)
{
    // Where the terminal does not say.
    private const int UsualWidth = 80;

    /// <returns>Null when it is none: a file, a pipe.</returns>
    public static Terminal? OfThisProcess()
    {
        if (Console.IsOutputRedirected)
        {
            return null;
        }

        var isPlain = Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 }
            || Environment.GetEnvironmentVariable("TERM") is null or "" or "dumb";
        return new Terminal(Console.WindowWidth is > 0 and var width ? width : UsualWidth, !isPlain);
    }
}
