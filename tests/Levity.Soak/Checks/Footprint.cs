using System.Globalization;
using Levity.EndToEnd.Tests.Fixtures;
using Levity.Soak.Load;

namespace Levity.Soak.Checks;

/// <summary>What the two programs hold: I7.</summary>
internal sealed record Footprint(int DaemonDescriptors, int SupervisorDescriptors, int Children)
{
    // A connection of a client, or a file of a log that was written a moment ago.
    private const int Slack = 16;

    public static Footprint Of(LevityServer server)
    {
        var supervisor = server.SupervisorPid;
        return new Footprint(
            ProcessTable.OpenDescriptors(server.Pid),
            ProcessTable.OpenDescriptors(supervisor),
            ProcessTable.All().Count(process => process.Parent == supervisor));
    }

    /// <summary>Waits until the server holds no more than this; it gives back a moment after the last task.</summary>
    public async Task AssertRegainedAsync(Arena arena)
    {
        var now = Of(arena.Server);
        try
        {
            await Eventually.TrueAsync(() => (now = Of(arena.Server)).IsWithin(this), "the footprint");
        }
        catch (TimeoutException)
        {
            arena.Tally.Violation("I7", $"it held {this} before, and after all is over {now}");
        }
    }

    /// <summary>The resident set of a process, in bytes.</summary>
    public static long Memory(int pid) => 1024 * long.Parse(
        File.ReadLines($"/proc/{pid}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal))
            .Split(':', 'k')[1],
        CultureInfo.InvariantCulture);

    private bool IsWithin(Footprint before) =>
        DaemonDescriptors <= before.DaemonDescriptors + Slack
        && SupervisorDescriptors <= before.SupervisorDescriptors + Slack
        && Children <= before.Children;
}
