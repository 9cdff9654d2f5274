using System.CommandLine;
using Levity.Configuration;
using Levity.Daemon.Security;
using Levity.Daemon.Tasks;

namespace Levity.Daemon.Hosting.Configuration;

/// <summary>What a configuration file says, once all of it has been found good.</summary>
internal sealed class DaemonConfiguration
{
    private readonly OptionSettings _options;
    private readonly List<(FileSetting Setting, IReadOnlyList<string> Arguments)> _arguments;

    private DaemonConfiguration(
        OptionSettings options, IReadOnlyList<FileSetting> settings, ConfigurationProblems problems)
    {
        _options = options;
        Settings = settings;
        _arguments = [.. settings
            .Where(options.Has)
            .Select(setting => (setting, options.ArgumentsOf(setting, problems)))];
        Roles = RoleSettings.Read(settings, problems);
        Limits = LimitSettings.Read(settings, problems);
        Accounts = AccountSettings.Read(settings, problems);
    }

    /// <summary>All of it, as it was written.</summary>
    public IReadOnlyList<FileSetting> Settings { get; }

    public Roles Roles { get; }

    public LimitTable Limits { get; }

    /// <summary>The accounts of users, by their names.</summary>
    public IReadOnlyDictionary<string, string> Accounts { get; }

    /// <exception cref="StartupException">It cannot be read, or something in it is wrong; all of that is told.</exception>
    public static DaemonConfiguration Read(string file, OptionSettings options)
    {
        StartingDirectory.RequireFor(file);
        try
        {
            return ReadAll(file, options);
        }
        catch (ConfigurationException e)
        {
            throw new StartupException(e.Message, e);
        }
    }

    /// <summary>The arguments that the file stands for, without those that the command line has itself.</summary>
    public IEnumerable<string> ArgumentsBeside(ParseResult commandLine) => _arguments
        .Where(option => !_options.IsGiven(option.Setting, commandLine))
        .SelectMany(option => option.Arguments);

    private static DaemonConfiguration ReadAll(string file, OptionSettings options)
    {
        var problems = new ConfigurationProblems(file);
        var settings = ConfigurationFile.Parse(ConfigurationFile.ReadText(file), problems);
        var known = new KnownKeys([.. options.Keys, .. RoleSettings.Keys, .. LimitSettings.Keys, .. AccountSettings.Keys]);
        foreach (var setting in settings)
        {
            if (known.ProblemWith(setting) is { } problem)
            {
                problems.Add(setting.At, problem);
            }
        }

        var configuration = new DaemonConfiguration(options, settings, problems);
        problems.ThrowIfAny();
        return configuration;
    }
}
