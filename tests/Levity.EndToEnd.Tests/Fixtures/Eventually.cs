namespace Levity.EndToEnd.Tests.Fixtures;

/// <summary>
/// Waits for things to happen. The bound is there so that a test fails instead of hanging; how soon something happens
/// is never a test here.
/// </summary>
internal static class Eventually
{
    public static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan FirstLook = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan SlowestLook = TimeSpan.FromMilliseconds(100);

    /// <summary>Looks again and again, for what tells nobody when it changes: /proc, files, a task's state.</summary>
    public static async Task<T> GetAsync<T>(Func<Task<T?>> look, Func<string> what)
        where T : class
    {
        var began = TimeProvider.System.GetTimestamp();
        for (var pause = FirstLook; ; pause = pause * 2 < SlowestLook ? pause * 2 : SlowestLook)
        {
            if (await look() is { } found)
            {
                return found;
            }

            if (TimeProvider.System.GetElapsedTime(began) > Bound)
            {
                throw new TimeoutException($"not within {Bound.TotalSeconds} s: {what()}");
            }

            await Task.Delay(pause, TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    public static Task TrueAsync(Func<bool> look, string what) => TrueAsync(look, () => what);

    public static Task TrueAsync(Func<bool> look, Func<string> what) =>
        GetAsync(() => Task.FromResult(look() ? what : null), what);

    /// <summary>Waits for a task that nobody bounds otherwise.</summary>
    public static async Task<T> CompletesAsync<T>(Task<T> task, Func<string> what)
    {
        try
        {
            return await task.WaitAsync(Bound, TimeProvider.System, TestContext.Current.CancellationToken);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"not within {Bound.TotalSeconds} s: {what()}");
        }
    }

    public static Task<T> CompletesAsync<T>(Task<T> task, string what) => CompletesAsync(task, () => what);
}
