namespace Levity.Processes.Tests.Fixtures;

/// <summary>What came to us as the subreaper.</summary>
internal static class Orphans
{
    public static void Reap()
    {
        while (ChildReaper.TryPeek(out var pid))
        {
            ChildReaper.Reap(pid);
        }
    }
}
