using Levity.Cli.Output;

namespace Levity.Cli;

/// <summary>What a command has of the world round it.</summary>
/// <param name="Output">Where it writes.</param>
/// <param name="Variable">An environment variable's value.</param>
/// <param name="Time">The clock for timeouts, back-off and certificates.</param>
internal sealed record CommandContext(ConsoleOutput Output, Func<string, string?> Variable, TimeProvider Time)
{
    public const string DefaultSystemFile = "/etc/levity/config.toml";

    /// <summary>What the administrator of this machine says of how to reach a server, for all of its users.</summary>
    public string SystemFile { get; init; } = DefaultSystemFile;

    public static CommandContext OfThisProcess() =>
        new(ConsoleOutput.OfThisProcess(), Environment.GetEnvironmentVariable, TimeProvider.System);
}
