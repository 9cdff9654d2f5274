namespace Levity.Processes.Tests.Fixtures;

/// <summary>How many descriptors this process has open.</summary>
internal static class OpenDescriptors
{
    // The runtime opens some for itself when it likes: a leak is one for each round of a test.
    private const int Slack = 20;

    public static int Count() => Directory.GetFiles("/proc/self/fd").Length;

    public static void AreAtMost(int before) => Assert.InRange(Count(), 0, before + Slack);
}
