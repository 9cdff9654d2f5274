using Levity.Cli.Output;

namespace Levity.Cli.Commands.Config;

/// <summary><c>levity config view</c>: what counts just now of how to reach a server, and what says so.</summary>
internal sealed class ViewCommand : Verb
{
    private readonly OutputOption _output = new(OutputFormat.Table, OutputFormat.Json, OutputFormat.JsonLines);

    public ViewCommand(GlobalOptions globals, CommandContext context)
        : base("view", "Shows how the server is reached, and what says so.")
    {
        CallsServer = false;
        Examples = [new("levity config view --context build", "What counts with this context, and where it is written.")];
        Options.Add(_output);
        SetAction(parsed =>
        {
            var settings = globals.Show(parsed, context).ToList();
            context.Output.Write(
                _output.IsJson(parsed) ? $"{JsonOf(settings)}\n" : Table(settings).Render(context.Output.Terminal));
            return ExitCodes.Success;
        });
    }

    private static TextTable Table(IEnumerable<EffectiveSetting> settings)
    {
        var table = new TextTable("SETTING", "VALUE", "FROM");
        foreach (var setting in settings)
        {
            table.Add(setting.Key, setting.Value ?? "", setting.Origin);
        }

        return table;
    }

    private static string JsonOf(IEnumerable<EffectiveSetting> settings) => Json.OfObject(writer =>
    {
        foreach (var setting in settings)
        {
            writer.WriteStartObject(setting.Key);
            writer.WriteString("value", setting.Value);
            writer.WriteString("from", setting.Origin);
            writer.WriteEndObject();
        }
    });
}
