using Levity.Soak.Scenarios;

namespace Levity.Soak;

/// <summary>What was asked for on the command line.</summary>
/// <param name="Quick">Each scenario once and small.</param>
/// <param name="Seed">What all random choices come from.</param>
/// <param name="Duration">Roughly how long the whole run may take; what a scenario does grows with it.</param>
/// <param name="Scenarios">Which ones, in this order.</param>
/// <param name="Output">The directory whose reliability.md gets the table; none when it is null.</param>
internal sealed record SoakOptions(
    bool Quick, int Seed, TimeSpan Duration, IReadOnlyList<IScenario> Scenarios, string? Output)
{
    public static readonly TimeSpan DefaultDuration = TimeSpan.FromMinutes(30);

    /// <summary>How much to do: so much in a run of the default duration, so much in a quick one.</summary>
    public int Amount(int full, int quick) =>
        Quick ? quick : Math.Max(quick, (int)(full * (Duration / DefaultDuration)));
}
