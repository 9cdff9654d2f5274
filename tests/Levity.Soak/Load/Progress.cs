using Levity.EndToEnd.Tests.Fixtures;

namespace Levity.Soak.Load;

/// <summary>Waits for very many things, which takes as long as it takes.</summary>
internal static class Progress
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Waits until none is left. Fails when it has not become less for long.</summary>
    public static async Task UntilNoneAsync(Func<Task<int>> left, Func<string> what)
    {
        var (least, since) = (int.MaxValue, TimeProvider.System.GetTimestamp());
        for (var now = await left(); now > 0; now = await left())
        {
            if (now < least)
            {
                (least, since) = (now, TimeProvider.System.GetTimestamp());
            }
            else if (TimeProvider.System.GetElapsedTime(since) > Eventually.Bound)
            {
                throw new TimeoutException($"{now} left, and no progress for {Eventually.Bound.TotalSeconds} s: {what()}");
            }

            await Task.Delay(Pause, TimeProvider.System);
        }
    }
}
