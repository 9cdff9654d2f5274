using Levity.Linux;

namespace Levity.Processes;

/// <summary>
/// Waits for our children, and for the orphans that a subreaper gets. Finding one and taking its status are two steps:
/// between them its number and its session cannot become anybody else's, which is the time to end what it left behind.
/// </summary>
public static class ChildReaper
{
    /// <summary>Finds a child that has ended. The same one again until it is reaped.</summary>
    /// <returns>False when there is none.</returns>
    public static bool TryPeek(out int pid) => ChildWait.TryPeek(out pid);

    /// <summary>Waits until a child has ended that was not reaped.</summary>
    /// <returns>False when there are no children.</returns>
    public static bool WaitForAny() => ChildWait.WaitForAny();

    /// <summary>Takes the status of a child that has ended.</summary>
    /// <exception cref="LinuxException">ECHILD when it is no child of ours, EAGAIN when it has not ended.</exception>
    public static ExitOutcome Reap(int pid)
    {
        var status = ChildWait.Reap(pid);
        return new ExitOutcome(
            status.ExitCode, status.Signal, new ProcessUsage(status.User, status.System, status.MaxRssBytes));
    }
}
