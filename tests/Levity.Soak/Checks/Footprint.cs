using Levity.EndToEnd.Tests.Fixtures;
using Levity.Soak.Reporting;

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
            Descriptors(server.Pid),
            Descriptors(supervisor),
            ProcessTable.All().Count(process => process.Parent == supervisor));
    }

    /// <summary>Waits until the server holds no more than this; it gives back a moment after the last task.</summary>
    public async Task AssertRegainedAsync(LevityServer server, Tally tally)
    {
        var now = Of(server);
        try
        {
            await Eventually.TrueAsync(() => (now = Of(server)).IsWithin(this), "the footprint");
        }
        catch (TimeoutException)
        {
            tally.Violation("I7", $"it held {this} before, and after all is over {now}");
        }
    }

    // Without the assemblies, which .NET opens when it first needs them, and keeps.
    private static int Descriptors(int pid) => Directory.EnumerateFiles($"/proc/{pid}/fd")
        .Count(path => !IsCode(new FileInfo(path).LinkTarget));

    private static bool IsCode(string? target) => target is null
        || target.EndsWith(".dll", StringComparison.Ordinal) || target.EndsWith("/levityd", StringComparison.Ordinal);

    private bool IsWithin(Footprint before) =>
        DaemonDescriptors <= before.DaemonDescriptors + Slack
        && SupervisorDescriptors <= before.SupervisorDescriptors + Slack
        && Children <= before.Children;
}
