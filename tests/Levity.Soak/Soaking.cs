using Levity.Soak.Reporting;

namespace Levity.Soak;

/// <summary>What a scenario is given to run with.</summary>
internal sealed record Soaking(SoakOptions Options, Tally Tally, Random Random, CancellationToken CancellationToken)
{
    /// <summary>Lets some time pass, at random: the moment of a fault is to be anywhere.</summary>
    public Task SomeTimeAsync(int fromMs, int toMs) =>
        Task.Delay(TimeSpan.FromMilliseconds(Random.Next(fromMs, toMs)), TimeProvider.System, CancellationToken);
}
