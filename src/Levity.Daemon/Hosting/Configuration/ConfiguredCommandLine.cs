using System.CommandLine;

namespace Levity.Daemon.Hosting.Configuration;

/// <summary>levityd's command line together with the configuration file that it names.</summary>
internal static class ConfiguredCommandLine
{
    /// <exception cref="StartupException">The file is no good.</exception>
    public static ParseResult Parse(string[] arguments, Func<DaemonOptions, CancellationToken, Task<int>> run)
    {
        var command = DaemonCommand.Create(run);
        var given = command.Parse(arguments);
        if (given.CommandResult.Command != command || given.GetValue(DaemonCommand.ConfigFile) is not { } file)
        {
            return given;
        }

        // In front: behind a "--" of the command line's own they would be something else.
        var configuration = DaemonConfiguration.Read(file, new OptionSettings(command));
        var configured = DaemonCommand.Create((options, token) =>
            run(
                options with
                {
                    Roles = configuration.Roles,
                    Limits = configuration.Limits,
                    Accounts = options.Accounts with { Users = configuration.Accounts },
                },
                token));
        return configured.Parse([.. configuration.ArgumentsBeside(given), .. arguments]);
    }
}
