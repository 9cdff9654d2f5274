namespace Levity.Daemon.Tasks;

/// <summary>
/// This boot of the machine. As long as it lasts the page cache does, and what any program has made in the file system is
/// there, killed or not.
/// </summary>
internal sealed record Boot(string Id)
{
    private const string Source = "/proc/sys/kernel/random/boot_id";

    /// <summary>From random(4). Where there is none, each levityd takes its own start for a new boot.</summary>
    public static Boot OfThisMachine() =>
        new(File.Exists(Source) ? File.ReadAllText(Source).Trim() : Guid.NewGuid().ToString());
}
