using System.Globalization;

namespace Levity.Bench.Measuring;

/// <summary>What a row is to reach: the table in docs/benchmarks/README.md.</summary>
internal sealed record Goal
{
    private readonly double _value;
    private readonly bool _atLeast;
    private readonly string _unit;

    private Goal(bool atLeast, double value, string unit)
    {
        _atLeast = atLeast;
        _value = value;
        _unit = unit;
    }

    public static Goal RatioAtLeast(double value) => new(atLeast: true, value, "×");

    public static Goal RatioAtMost(double value) => new(atLeast: false, value, "×");

    public static Goal AtMost(double value, Unit unit) => new(atLeast: false, value, unit.Symbol);

    public bool IsReachedBy(double value) => _atLeast ? value >= _value : value <= _value;

    public override string ToString() =>
        $"{(_atLeast ? '≥' : '≤')} {_value.ToString("0.##", CultureInfo.InvariantCulture)} {_unit}";
}
