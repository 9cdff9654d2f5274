using System.CommandLine;
using System.CommandLine.Invocation;

namespace Levity.Cli.Commands;

/// <summary>
/// Writes the help of a command. The library's own has no place for what matters most with <c>start</c>: that levity's
/// options come before the command.
/// </summary>
internal sealed class HelpText : SynchronousCommandLineAction
{
    private const int Column = 28;

    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        Write(HelpPage.Of(parseResult.CommandResult.Command), parseResult.InvocationConfiguration.Output);
        return ExitCodes.Success;
    }

    private static void Write(HelpPage page, TextWriter output)
    {
        output.Write($"{page.Summary}\n\nUsage: {page.Usage}\n");
        foreach (var section in page.Sections)
        {
            output.Write($"\n{section.Title}:\n{string.Concat(section.Rows.Select(Describe))}");
        }

        if (page.Examples.Count > 0)
        {
            output.Write($"\nExamples:\n{string.Concat(page.Examples.Select(Describe))}");
        }

        if (page.CallsServer)
        {
            output.Write("\nThe options that say how to reach the server are in `levity --help`.\n");
        }
    }

    private static string Describe(HelpRow row) => row.Term.Length + 4 > Column
        ? $"  {row.Term}\n{new string(' ', Column)}{row.Text}\n"
        : $"  {row.Term.PadRight(Column - 2)}{row.Text}\n";

    private static string Describe(Example example) => $"  {example.Line}\n      {example.Meaning}\n";
}
