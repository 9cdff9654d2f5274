using System.CommandLine;
using System.CommandLine.Parsing;
using System.Security.Cryptography;
using Levity.Soak.Scenarios;

namespace Levity.Soak;

/// <summary>The soak's command line.</summary>
internal static class SoakCommand
{
    private static readonly Option<bool> Quick = new("--quick")
    {
        Description = "Each scenario once and small: what a change has to pass.",
    };

    private static readonly Option<int> Seed = new("--seed")
    {
        Description = "Makes the same random choices as the run that printed it. [default: another one each time]",
        HelpName = "N",
        DefaultValueFactory = _ => RandomNumberGenerator.GetInt32(int.MaxValue),
    };

    private static readonly Option<int> Duration = new("--duration")
    {
        Description = "Roughly how long the whole run may take, in seconds; what is done grows with it.",
        HelpName = "SECONDS",
        DefaultValueFactory = _ => (int)SoakOptions.DefaultDuration.TotalSeconds,
    };

    private static readonly Option<IReadOnlyList<IScenario>> Scenarios = new("--scenarios")
    {
        Description = $"Only these, separated by commas: {Names}.",
        HelpName = "NAME,…",
        DefaultValueFactory = _ => SoakRun.AllScenarios,
        CustomParser = ParseScenarios,
    };

    private static readonly Option<string?> Output = new("--output")
    {
        Description = "The directory whose reliability.md gets the table, in its marked place (docs, usually).",
        HelpName = "DIR",
    };

    private static string Names => string.Join(", ", SoakRun.AllScenarios.Select(scenario => scenario.Name));

    public static RootCommand Create(Func<SoakOptions, CancellationToken, Task<int>> run)
    {
        Duration.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1)
            {
                result.AddError("--duration is a number of seconds, from 1 on");
            }
        });
        var command = new RootCommand("Puts Levity under faults and load, and checks what it promises.")
        {
            Quick, Seed, Duration, Scenarios, Output,
        };
        command.SetAction((parsed, cancellationToken) => run(
            new SoakOptions(
                parsed.GetValue(Quick),
                parsed.GetValue(Seed),
                TimeSpan.FromSeconds(parsed.GetValue(Duration)),
                parsed.GetRequiredValue(Scenarios),
                parsed.GetValue(Output)),
            cancellationToken));
        return command;
    }

    private static IReadOnlyList<IScenario> ParseScenarios(ArgumentResult result)
    {
        var names = result.Tokens[0].Value.Split(',');
        if (names.FirstOrDefault(name => SoakRun.AllScenarios.All(scenario => scenario.Name != name)) is { } unknown)
        {
            result.AddError($"there is no scenario '{unknown}'; there are {Names}");
            return [];
        }

        return [.. SoakRun.AllScenarios.Where(scenario => names.Contains(scenario.Name))];
    }
}
