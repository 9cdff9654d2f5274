namespace Levity.Supervisor.Output;

/// <summary>Wall-clock time as logs and messages have it.</summary>
internal static class UnixTime
{
    /// <summary>Nanoseconds since 1970, in steps of 100.</summary>
    public static long Nanoseconds(TimeProvider time) =>
        (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;
}
