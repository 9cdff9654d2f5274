using Levity.Protocol;

namespace Levity.Cli.Output;

/// <summary>The states as <c>levity query</c> prints them; scripts compare these words.</summary>
internal static class StateNames
{
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
