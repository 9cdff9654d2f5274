namespace Levity.Processes.Tests.Fixtures;

internal static class OpenDescriptors
{
    public static int Count() => Directory.GetFiles("/proc/self/fd").Length;
}
