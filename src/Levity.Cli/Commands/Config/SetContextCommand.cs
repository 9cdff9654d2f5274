using Levity.Cli.Configuration;
using Levity.Configuration;

namespace Levity.Cli.Commands.Config;

/// <summary>
/// <c>levity config set-context</c>: makes a context, or changes what is given of one. Prints nothing; what is to be known
/// besides is a line on stderr.
/// </summary>
internal sealed class SetContextCommand : Verb
{
    private readonly ContextArgument _name = new("The context, which is made when there is none of this name.");

    public SetContextCommand(GlobalOptions globals, CommandContext context)
        : base("set-context", "Makes a context, or changes what is given of one: --address and so on.")
    {
        CallsServer = false;
        Examples =
        [
            new(
                "levity config set-context build -a build.example:4321 -c bob.crt -k bob.key --ca ca.crt",
                "The first one is the current one from the start."),
        ];
        Arguments.Add(_name);
        globals.RequireAnyOn(this);
        SetAction(parsed => Run(parsed.GetRequiredValue(_name), [.. globals.GivenOn(parsed).Select(Checked)], context));
    }

    private static int Run(string name, IReadOnlyList<(string Key, string Value)> settings, CommandContext context)
    {
        var isFirst = false;
        ContextFileChange.Make(
            context,
            (before, text) =>
            {
                isFirst = before?.ContextNames.Any() != true;
                Set(text, name, settings, isFirst);
            },
            after => settings.All(setting => after.Find(setting.Key, name)?.Value == setting.Value)
                && (!isFirst || after.CurrentContext?.Value == name));
        if (isFirst)
        {
            context.Output.Report($"{name} is the current context now");
        }

        foreach (var (key, file) in settings.Where(setting => ConnectionKeys.IsPath(setting.Key) && !File.Exists(setting.Value)))
        {
            context.Output.Report($"there is no file '{file}' yet ({key})");
        }

        return ExitCodes.Success;
    }

    private static void Set(
        ConfigurationText text, string name, IReadOnlyList<(string Key, string Value)> settings, bool isCurrent)
    {
        if (isCurrent)
        {
            text.Set([], ContextFile.Current, name);
        }

        foreach (var (key, value) in settings)
        {
            text.Set([ContextFile.Contexts, name], key, value);
        }
    }

    // On the command line a path begins here, and in the file it would begin where that is.
    private static (string Key, string Value) Checked((string Key, string Value) setting) =>
        ConnectionKeys.ProblemWith(setting.Key, setting.Value) is { } problem ? throw new CommandException(problem)
        : ConnectionKeys.IsPath(setting.Key) ? (setting.Key, Path.GetFullPath(setting.Value))
        : setting;
}
