using Levity.Protocol;

namespace Levity.Supervisor.Tests.Fixtures;

/// <summary>The control groups of a task, in all hierarchies.</summary>
internal static class GroupsOf
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static IReadOnlyList<string> Task(TaskId task) => [.. Find("/sys/fs/cgroup", $"task-{task}")];

    /// <summary>Waits until there is none.</summary>
    public static async Task NobodyAsync(TaskId task)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (Task(task) is { Count: > 0 } left)
        {
            Assert.False(patience.IsCancellationRequested, string.Join(' ', left));
            await System.Threading.Tasks.Task.Yield();
        }
    }

    private static IEnumerable<string> Find(string directory, string name)
    {
        string[] below;
        try
        {
            below = Directory.GetDirectories(directory);
        }
        catch (IOException)
        {
            // Gone meanwhile, as they do.
            yield break;
        }

        foreach (var path in below)
        {
            if (Path.GetFileName(path) == name)
            {
                yield return path;
            }

            foreach (var deeper in Find(path, name))
            {
                yield return deeper;
            }
        }
    }
}
