namespace Levity.Processes.ProcFs;

/// <summary>The sum of what some processes use, where no control group counts it.</summary>
internal static class ProcTotal
{
    // A look at one takes the kernel some ten microseconds. Nobody waits a second for the sum of a fork bomb.
    private const int Most = 1000;

    /// <summary>Null for more than can be looked at.</summary>
    internal static ProcUsage? Of(IReadOnlyList<int> pids)
    {
        if (pids.Count > Most)
        {
            return null;
        }

        var total = default(ProcUsage);
        foreach (var pid in pids)
        {
            if (ProcUsage.TryRead(pid) is { } one)
            {
                total = new ProcUsage(
                    total.User + one.User, total.System + one.System, total.ResidentBytes + one.ResidentBytes);
            }
        }

        return total;
    }
}
