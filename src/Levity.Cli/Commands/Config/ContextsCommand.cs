using Levity.Cli.Configuration;
using Levity.Cli.Output;

namespace Levity.Cli.Commands.Config;

/// <summary><c>levity config contexts</c>: a line for each context.</summary>
internal sealed class ContextsCommand : Verb
{
    private readonly OutputOption _output = new();

    public ContextsCommand(CommandContext context)
        : base("contexts", "Lists your contexts; a star is at the current one.")
    {
        Examples = [new("levity config contexts", "Which servers you have been using, and as whom.")];
        Options.Add(_output);
        SetAction(parsed =>
        {
            var file = ContextFile.OfUser(context);
            context.Output.Write(parsed.GetValue(_output) == OutputFormat.Json ? Json(file) : Table(file).Render(context.Output.Terminal));
            return ExitCodes.Success;
        });
    }

    private static TextTable Table(ContextFile? file)
    {
        var table = new TextTable("CURRENT", "NAME", "ADDRESS", "CERTIFICATE");
        foreach (var row in Rows(file))
        {
            table.Add(row.IsCurrent ? "*" : "", row.Name, row.Address ?? "", row.Certificate ?? "");
        }

        return table;
    }

    private static string Json(ContextFile? file) => string.Concat(Rows(file).Select(row => JsonLine.Write(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("name", row.Name);
        writer.WriteBoolean("current", row.IsCurrent);
        writer.WriteString("address", row.Address);
        writer.WriteString("certificate", row.Certificate);
        writer.WriteEndObject();
    })));

    private static IEnumerable<(string Name, bool IsCurrent, string? Address, string? Certificate)> Rows(ContextFile? file) =>
        file?.ContextNames.Select(name => (
            name,
            file.CurrentContext?.Value == name,
            file.Find(ConnectionKeys.Address, name)?.Value,
            file.Find(ConnectionKeys.Certificate, name)?.Value)) ?? [];
}
