namespace Levity.Bench.Measuring;

/// <summary>One of the things that are compared: does its work once and tells the value.</summary>
internal delegate Task<double> Side(CancellationToken cancellationToken);

/// <summary>
/// Measures sides in turns, A B A B …, so that whatever else the machine does in the meantime meets all of them alike.
/// </summary>
internal static class Interleaved
{
    /// <returns>For each side, its value in each round.</returns>
    public static async Task<IReadOnlyList<Samples>> MeasureAsync(
        int warmUps, int rounds, CancellationToken cancellationToken, params IReadOnlyList<Side> sides)
    {
        var values = sides.Select(_ => new List<double>(rounds)).ToList();
        for (var round = -warmUps; round < rounds; round++)
        {
            foreach (var (side, taken) in sides.Zip(values))
            {
                var value = await side(cancellationToken);
                if (round >= 0)
                {
                    taken.Add(value);
                }
            }
        }

        return [.. values.Select(taken => new Samples(taken))];
    }
}
