namespace Levity.Bench.Measuring;

/// <summary>What was measured, one value a round.</summary>
internal sealed class Samples
{
    private readonly double[] _values;
    private readonly double[] _sorted;

    public Samples(IEnumerable<double> values)
    {
        _values = [.. values];
        _sorted = [.. _values.Order()];
        if (_sorted.Length == 0 || !_sorted.All(double.IsFinite))
        {
            throw new BrokenSideException("nothing was measured, or no number came of it");
        }
    }

    public int Count => _values.Length;

    public double Min => _sorted[0];

    public double Max => _sorted[^1];

    public double Median => Percentile(50);

    /// <summary>The smallest value that this share of all values does not exceed.</summary>
    public double Percentile(double percent)
    {
        // Of an even number of values the median lies between the two in the middle.
        var (low, high) = percent == 50 && Count % 2 == 0
            ? (Count / 2 - 1, Count / 2)
            : (Rank(percent), Rank(percent));
        return (_sorted[low] + _sorted[high]) / 2;
    }

    /// <summary>Round by round: what disturbed a round disturbed both of its sides.</summary>
    public Samples DividedBy(Samples other) => new(_values.Zip(other._values, (mine, its) => mine / its));

    private int Rank(double percent) => Math.Clamp((int)Math.Ceiling(percent / 100 * Count) - 1, 0, Count - 1);
}
