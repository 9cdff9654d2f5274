using System.Globalization;
using Levity.Bench.Measuring;

namespace Levity.Bench.Reporting;

/// <summary>Whether a goal is reached; the last says that nobody knows.</summary>
internal enum Verdict
{
    Yes,
    No,
    NotMeasured,
}

/// <summary>One line of the table.</summary>
internal sealed record Line(string What, string Levity, string Peer, string Ratio, string Goal, Verdict Verdict)
{
    private const string Nothing = "–";

    /// <summary>
    /// Both sides: their medians, and the median of the ratios round by round with the smallest and the largest.
    /// </summary>
    public static Line Compare(string what, Unit unit, Samples levity, (string Name, Samples Samples) peer, Goal goal)
    {
        var ratio = levity.DividedBy(peer.Samples);
        return new Line(
            what,
            unit.Show(levity.Median),
            $"{unit.Show(peer.Samples.Median)} {peer.Name}",
            $"{Show(ratio.Median)} ({Show(ratio.Min)}–{Show(ratio.Max)})",
            goal.ToString(),
            goal.IsReachedBy(ratio.Median) ? Verdict.Yes : Verdict.No);
    }

    /// <summary>A goal that is a number by itself; the peer, where there is one, is for comparison.</summary>
    public static Line Measure(
        string what, Unit unit, Samples levity, Goal goal, (string Name, Samples Samples)? peer = null)
    {
        var shown = levity.Count == 1
            ? unit.Show(levity.Median)
            : $"{unit.Show(levity.Median)} ({unit.Show(levity.Min)}–{unit.Show(levity.Max)})";
        return new Line(
            what,
            shown,
            peer is { } other ? $"{unit.Show(other.Samples.Median)} {other.Name}" : Nothing,
            peer is { } divisor ? Show(levity.DividedBy(divisor.Samples).Median) : Nothing,
            goal.ToString(),
            goal.IsReachedBy(levity.Median) ? Verdict.Yes : Verdict.No);
    }

    public static Line NotMeasured(string what, string peer, Goal goal) =>
        new(what, Nothing, peer, Nothing, goal.ToString(), Verdict.NotMeasured);

    private static string Show(double ratio) => ratio.ToString("0.00", CultureInfo.InvariantCulture);
}
