using Google.Protobuf.WellKnownTypes;
using Levity.Daemon.Registry;
using Levity.Protocol;

namespace Levity.Daemon.Api;

/// <summary>A task's record in the words of the public API.</summary>
internal static class TaskReports
{
    public static QueryTaskResponse Of(TaskRecord record, DateTimeOffset? expiresAt, bool withRequest)
    {
        // The numbers are the same by definition; a test holds the two enums against each other.
        var response = new QueryTaskResponse
        {
            StatusCode = (TaskStatusCode)record.State,
            CreatedAt = Timestamp.FromDateTimeOffset(record.CreatedAt),
            Request = withRequest ? record.Request : null,
            Owner = record.Owner,
            ExpiresAt = expiresAt is { } at ? Timestamp.FromDateTimeOffset(at) : null,
        };
        if (record.ExitCode is { } code)
        {
            response.ExitCode = code;
        }

        response.Ending = record.Ending;
        return response;
    }
}
