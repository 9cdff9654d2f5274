namespace Levity.Linux;

/// <summary>How a child ended and what it used: wait4(2).</summary>
/// <param name="Raw">The status as the kernel packs it.</param>
/// <param name="User">Time in its own code, with that of the children it waited for.</param>
/// <param name="System">Time in the kernel, likewise.</param>
/// <param name="MaxRssBytes">
/// The largest resident set of it or of one of those, in bytes. At least that of its parent when it was forked.
/// </param>
public readonly record struct WaitStatus(int Raw, TimeSpan User, TimeSpan System, long MaxRssBytes)
{
    /// <summary>The code of a real exit, 0 to 255; null when a signal ended it.</summary>
    public int? ExitCode => Signal is null ? (Raw >> 8) & 0xFF : null;

    /// <summary>The signal that ended it; null when it exited.</summary>
    public int? Signal => (Raw & 0x7F) is > 0 and var signal ? signal : null;
}
