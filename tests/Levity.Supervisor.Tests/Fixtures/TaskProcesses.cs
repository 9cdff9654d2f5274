using System.Globalization;
using Levity.Protocol;

namespace Levity.Supervisor.Tests.Fixtures;

/// <summary>The living processes of a task, by what all of them have inherited; its launcher is one.</summary>
internal static class TaskProcesses
{
    public static IReadOnlyList<int> Of(TaskId task) =>
    [
        .. Directory.EnumerateDirectories("/proc")
            .Where(path => int.TryParse(Path.GetFileName(path), out _))
            .Where(path => EnvironmentOf(path).Split('\0').Contains($"LEVITY_TASK_ID={task}"))
            .Select(path => int.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture)),
    ];

    private static string EnvironmentOf(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "environ"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
