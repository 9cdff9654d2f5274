namespace Levity.Supervisor.Tests.Fixtures;

/// <summary>What a process has open: proc(5).</summary>
internal static class OpenFiles
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Waits until the process has nothing open in this directory. Nobody tells, so it looks again and again.</summary>
    public static async Task NoneAsync(int pid, string directory)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (Directory.GetFileSystemEntries($"/proc/{pid}/fd").Select(path => new FileInfo(path).LinkTarget).FirstOrDefault(
            target => target?.StartsWith(directory, StringComparison.Ordinal) == true) is { } open)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < Patience, $"{open} is still open");
            await Task.Delay(Pause, TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }
}
