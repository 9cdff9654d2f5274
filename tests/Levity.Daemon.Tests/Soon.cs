namespace Levity.Daemon.Tests;

/// <summary>Waits for what must come, with a bound that only a broken program meets.</summary>
internal static class Soon
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    public static Task Async(Task task) => task.WaitAsync(Bound, TestContext.Current.CancellationToken);

    public static Task<T> Async<T>(Task<T> task) => task.WaitAsync(Bound, TestContext.Current.CancellationToken);
}
