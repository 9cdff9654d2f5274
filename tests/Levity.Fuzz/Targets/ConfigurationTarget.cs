using Levity.Daemon.Hosting;
using Levity.Daemon.Hosting.Configuration;
using Levity.Protocol;

namespace Levity.Fuzz.Targets;

/// <summary>A configuration file: it is understood, or there is one line for each thing that is wrong, with its place.</summary>
internal sealed class ConfigurationTarget : IFuzzTarget
{
    private readonly OptionSettings _options = new(DaemonCommand.Create((_, _) => Task.FromResult(0)));
    private readonly WorkDirectory _directory = new();

    public void Take(byte[] input)
    {
        var file = _directory.Write("levityd.toml", input);
        try
        {
            var configuration = DaemonConfiguration.Read(file, _options);
            var names = configuration.Roles.Admins.Concat(configuration.Roles.Viewers)
                .Concat(configuration.Roles.Starters ?? new HashSet<string>());
            Promise.Require(names.All(name => UserName.TryParse(name, out _)), "somebody who can have no certificate");
            var limits = configuration.Limits.Of("alice");
            Promise.Require(limits is not { RunningTasks: < 1 } and not { LogBytes: < 1 }, "a limit below one");
        }
        catch (StartupException e)
        {
            foreach (var line in e.Message.Split('\n'))
            {
                Promise.Require(line.Contains(file, StringComparison.Ordinal), $"no name of the file in '{line}'");
                Promise.Require(!line.Any(char.IsControl), $"a control character in '{line}'");
            }
        }
    }

    public void Dispose() => _directory.Dispose();
}
