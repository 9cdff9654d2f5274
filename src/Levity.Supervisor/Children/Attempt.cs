using Levity.Processes;
using Levity.Processes.Accounts;

namespace Levity.Supervisor.Children;

/// <summary>
/// One execution of a child's command, with its processes: of most children the only one. Only the supervisor's loop
/// touches it.
/// </summary>
internal sealed class Attempt(int number, int pid, Containment containment) : IDisposable
{
    /// <summary>From 1 on.</summary>
    public int Number => number;

    /// <summary>Its first process.</summary>
    public int Pid => pid;

    public Containment Containment => containment;

    /// <summary>For one that needs a launcher: how it is found out whether its command was executed.</summary>
    public PendingLaunch? Launch { get; init; }

    /// <summary>When nothing of it is left.</summary>
    public void Dispose()
    {
        Launch?.Dispose();
        containment.Dispose();
    }
}
