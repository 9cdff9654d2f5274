using System.Globalization;

namespace Levity.Bench.Measuring;

/// <summary>What a value is counted in, and how many digits of it mean something.</summary>
internal sealed record Unit(string Symbol, string Format)
{
    public const double Mebi = 1024 * 1024;

    public static readonly Unit PerSecond = new("/s", "N0");
    public static readonly Unit MebibytesPerSecond = new("MiB/s", "N0");
    public static readonly Unit Milliseconds = new("ms", "N1");
    public static readonly Unit Seconds = new("s", "N2");
    public static readonly Unit Mebibytes = new("MiB", "N0");

    public string Show(double value) => $"{value.ToString(Format, CultureInfo.InvariantCulture)} {Symbol}";
}
