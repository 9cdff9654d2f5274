using Levity.Cli.Configuration;
using Levity.Cli.Output;

namespace Levity.Cli.Commands.Config;

/// <summary><c>levity config contexts</c>: a line for each context.</summary>
internal sealed class ContextsCommand : Verb
{
    private readonly OutputOption _output = OutputOption.OfMany();

    public ContextsCommand(CommandContext context)
        : base("contexts", "Lists your contexts; a star is at the current one.")
    {
        Examples = [new("levity config contexts", "Which servers you have been using, and as whom.")];
        Options.Add(_output);
        SetAction(parsed =>
        {
            var printer = _output.PrinterOf(parsed, context.Output, JsonOf, one => one.Name, () => new TableRows<ListedContext>(
                context.Output,
                new TextTable("CURRENT", "NAME", "ADDRESS", "CERTIFICATE"),
                one => [one.IsCurrent ? "*" : "", one.Name, one.Address ?? "", one.Certificate ?? ""]));
            foreach (var one in In(ContextFile.OfUser(context)))
            {
                printer.Print(one);
            }

            printer.End();
            return ExitCodes.Success;
        });
    }

    private static string JsonOf(ListedContext one) => Json.OfObject(writer =>
    {
        writer.WriteString("name", one.Name);
        writer.WriteBoolean("current", one.IsCurrent);
        writer.WriteString("address", one.Address);
        writer.WriteString("certificate", one.Certificate);
    });

    private static IEnumerable<ListedContext> In(ContextFile? file) => file?.ContextNames.Select(name => new ListedContext(
        name,
        file.CurrentContext?.Value == name,
        file.Find(ConnectionKeys.Address, name)?.Value,
        file.Find(ConnectionKeys.Certificate, name)?.Value)) ?? [];

    private sealed record ListedContext(string Name, bool IsCurrent, string? Address, string? Certificate);
}
