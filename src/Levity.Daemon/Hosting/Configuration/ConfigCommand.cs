using System.CommandLine;

namespace Levity.Daemon.Hosting.Configuration;

/// <summary>levityd config check: what is wrong with a configuration file, before a levityd depends on it.</summary>
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
        return new Command("config", "Looks at a configuration file.") { check };
    }

    private static int Check(ParseResult parsed, string? file)
    {
        try
        {
            DaemonConfiguration.Read(file!, new OptionSettings((RootCommand)parsed.RootCommandResult.Command));
            parsed.InvocationConfiguration.Output.WriteLine($"{file}: nothing is wrong");
            return 0;
        }
        catch (StartupException e)
        {
            parsed.InvocationConfiguration.Error.WriteLine($"levityd: {e.Message}");
            return Failure;
        }
    }
}
