using Levity.Protocol;

namespace Levity.Cli.Output;

/// <summary>The states as <c>levity query</c> prints them; scripts compare these words.</summary>
internal static class StateNames
{
    /// <summary>In which tasks are that are not over.</summary>
    public static readonly IReadOnlyList<TaskStatusCode> Live =
        [TaskStatusCode.NotStarted, TaskStatusCode.Running, TaskStatusCode.Signalled];

    /// <summary>Whether a task in this state is over. One of a newer server is taken for final, so that nobody waits for ever.</summary>
    public static bool IsFinal(TaskStatusCode state) => !Live.Contains(state);

    public static readonly IReadOnlyList<string> All = [.. Enum.GetValues<TaskStatusCode>().Select(Of)];

    /// <returns>The state of this name, in whatever case; null when there is none.</returns>
    public static TaskStatusCode? Find(string name) => Enum.GetValues<TaskStatusCode>()
        .Where(state => string.Equals(Of(state), name, StringComparison.OrdinalIgnoreCase))
        .Cast<TaskStatusCode?>()
        .FirstOrDefault();

    public static string Of(TaskStatusCode state) => state switch
    {
        TaskStatusCode.NotStarted => "NotStarted",
        TaskStatusCode.Running => "Running",
        TaskStatusCode.Signalled => "Signalled",
        TaskStatusCode.Finished => "Finished",
        TaskStatusCode.BrutallyKilled => "BrutallyKilled",
        TaskStatusCode.InternalServerError => "InternalServerError",
        TaskStatusCode.Lost => "Lost",
        _ => $"Unknown({(int)state})", // of a newer server
    };
}
