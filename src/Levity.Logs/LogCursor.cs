using System.Globalization;

namespace Levity.Logs;

/// <summary>
/// A place between two frames of a log. Cursors grow over the whole log, however many segments it has; the number
/// means nothing beyond that. Only cursors that a reader or a writer gave out are places: any other number is refused.
/// </summary>
public readonly record struct LogCursor(ulong Position)
{
    /// <summary>Before the first frame.</summary>
    public static LogCursor Start => default;

    public override string ToString() => Position.ToString(CultureInfo.InvariantCulture);
}
