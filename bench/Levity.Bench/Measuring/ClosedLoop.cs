namespace Levity.Bench.Measuring;

/// <summary>Many callers at once, each of whom makes its next call when its last one is answered.</summary>
internal static class ClosedLoop
{
    /// <param name="callers">How many.</param>
    /// <param name="duration">How long they begin new calls; what they have begun is finished and counts, and so does
    /// its time.</param>
    /// <param name="call">Calls as caller N until the second argument says that it is enough; tells how often it
    /// did.</param>
    /// <returns>Calls per second, of all together.</returns>
    public static async Task<double> PerSecondAsync(
        int callers, TimeSpan duration, Func<int, Func<bool>, Task<int>> call)
    {
        var began = TimeProvider.System.GetTimestamp();
        bool IsEnough() => TimeProvider.System.GetElapsedTime(began) >= duration;

        var counts = await Task.WhenAll(
            Enumerable.Range(0, callers).Select(caller => Task.Run(() => call(caller, IsEnough))));
        return counts.Sum() / TimeProvider.System.GetElapsedTime(began).TotalSeconds;
    }
}
