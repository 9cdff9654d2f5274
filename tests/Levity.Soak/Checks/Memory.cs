using System.Globalization;
using Levity.EndToEnd.Tests.Fixtures;
using Levity.Soak.Reporting;

namespace Levity.Soak.Checks;

/// <summary>The resident sets of the two programs, in bytes, and their threads: I7.</summary>
internal sealed record Memory(long Daemon, long Supervisor, int DaemonThreads, int SupervisorThreads)
{
    // levityd keeps a record of each task that is over. The rest is how much of the heap happens to be free.
    private const long RecordOfTask = 8 * 1024;
    private const long HeapOfDaemon = 64 * 1024 * 1024;
    private const long HeapOfSupervisor = 16 * 1024 * 1024;

    // The pool's: as many as were useful at some time.
    private const int Threads = 16;

    public static Memory Of(LevityServer server) => new(
        Field(server.Pid, "VmRSS:"),
        Field(server.SupervisorPid, "VmRSS:"),
        (int)Field(server.Pid, "Threads:"),
        (int)Field(server.SupervisorPid, "Threads:"));

    public void AssertNotGrown(Memory now, int tasks, Tally tally)
    {
        if (now.Daemon > Daemon + HeapOfDaemon + tasks * RecordOfTask
            || now.Supervisor > Supervisor + HeapOfSupervisor
            || now.DaemonThreads > DaemonThreads + Threads
            || now.SupervisorThreads > SupervisorThreads + Threads)
        {
            tally.Violation("I7", $"{this} grew to {now} by {tasks} tasks that are all over");
        }
    }

    private static long Field(int pid, string name)
    {
        var words = File.ReadLines($"/proc/{pid}/status").First(line => line.StartsWith(name, StringComparison.Ordinal))
            .Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        return long.Parse(words[1], CultureInfo.InvariantCulture) * (words.Length > 2 ? 1024 : 1);
    }
}
