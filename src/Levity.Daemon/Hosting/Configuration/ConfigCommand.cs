using System.CommandLine;

namespace Levity.Daemon.Hosting.Configuration;

/// <summary>levityd config: what is wrong with a configuration file, and what counts, before a levityd depends on it.</summary>
internal static class ConfigCommand
{
    private const int Failure = 1;

    public static Command Create(Option<string> file)
    {
        var check = new Command("check", "Says what is wrong with a configuration file. Starts nothing.");
        check.SetAction(parsed => Check(parsed, parsed.GetValue(file)));
        check.Validators.Add(result =>
        {
            if (result.GetResult(file) is null)
            {
                result.AddError("give the file to check: levityd config check --config FILE");
            }
        });
        var view = new Command("view", "Shows what would count, and what says so: an option, a line of the file, or nothing.");
        view.SetAction(parsed => View(parsed, parsed.GetValue(file)));
        return new Command("config", "Looks at a configuration file.") { check, view };
    }

    private static int Check(ParseResult parsed, string? file) => OrFailure(parsed, () =>
    {
        DaemonConfiguration.Read(file!, OptionsOf(parsed));
        parsed.InvocationConfiguration.Output.Write($"{file}: nothing is wrong\n");
    });

    private static int View(ParseResult parsed, string? file) => OrFailure(parsed, () =>
    {
        var options = OptionsOf(parsed);
        var settings = file is null ? [] : DaemonConfiguration.Read(file, options).Settings;
        parsed.InvocationConfiguration.Output.Write(ConfigView.Of(parsed, options.Symbols, file, settings));
    });

    private static OptionSettings OptionsOf(ParseResult parsed) => new((RootCommand)parsed.RootCommandResult.Command);

    private static int OrFailure(ParseResult parsed, Action look)
    {
        try
        {
            look();
            return 0;
        }
        catch (StartupException e)
        {
            parsed.InvocationConfiguration.Error.WriteLine($"levityd: {e.Message}");
            return Failure;
        }
    }
}
