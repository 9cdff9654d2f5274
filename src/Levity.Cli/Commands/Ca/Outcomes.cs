using Levity.Cli.Authority;

namespace Levity.Cli.Commands.Ca;

/// <summary>Prints what has become of each file, a line each.</summary>
internal static class Outcomes
{
    public static int Print(CommandContext context, params IEnumerable<Outcome> outcomes)
    {
        foreach (var outcome in outcomes)
        {
            context.Output.WriteLine(outcome.ToString());
        }

        return ExitCodes.Success;
    }
}
