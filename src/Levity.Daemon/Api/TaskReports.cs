using Google.Protobuf.WellKnownTypes;
using Levity.Daemon.Registry;
using Levity.Daemon.Tasks;
using Levity.Protocol;

namespace Levity.Daemon.Api;

/// <summary>A task's record in the words of the public API.</summary>
internal static class TaskReports
{
    /// <param name="request">What was asked for, as far as it is to be told; null to leave it out.</param>
    public static QueryTaskResponse Of(TaskRecord record, DateTimeOffset? expiresAt, StartTaskRequest? request)
    {
        // The numbers are the same by definition; a test holds the two enums against each other.
        var response = new QueryTaskResponse
        {
            StatusCode = (TaskStatusCode)record.State,
            CreatedAt = Timestamp.FromDateTimeOffset(record.CreatedAt),
            Request = request,
            Owner = record.Owner,
            Account = record.Details?.Account ?? "",
            ExpiresAt = expiresAt is { } at ? Timestamp.FromDateTimeOffset(at) : null,
            Name = record.Request.Name,
            Labels = { record.Request.Labels },
        };
        if (record.ExitCode is { } code)
        {
            response.ExitCode = code;
        }

        if (record.Attempt is { } attempt)
        {
            response.Attempt = attempt.Number;
            response.NextAttemptAt = attempt.NextAt is { } next ? Timestamp.FromDateTimeOffset(next) : null;
            response.LastAttempt = attempt.Last;
        }

        response.Ending = record.Ending;
        return response;
    }

    /// <summary>Whether the task is over, by what is told of it.</summary>
    public static bool IsFinal(QueryTaskResponse report) => TaskTransitions.IsFinal((TaskState)report.StatusCode);

    /// <summary>For those who are not the owner: the values of an environment are where secrets are given.</summary>
    public static void WithholdEnvironment(QueryTaskResponse report)
    {
        if (report.Request is not { Environment: { Count: > 0 } variables })
        {
            return;
        }

        // A copy: the request is the record's.
        report.Request = report.Request.Clone();
        report.EnvironmentWithheld = true;
        foreach (var name in variables.Keys)
        {
            report.Request.Environment[name] = "";
        }
    }
}
