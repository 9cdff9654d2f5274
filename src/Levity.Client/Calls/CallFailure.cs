using Grpc.Core;

namespace Levity.Client.Calls;

/// <summary>Puts a failed call into words.</summary>
internal static class CallFailure
{
    public static LevityException Explain(RpcException failure, ConnectionOptions options)
    {
        var (server, status) = (options.Address, failure.Status);
        if (status.StatusCode != StatusCode.DeadlineExceeded && IsOfTheConnection(failure))
        {
            // A stream that was reset with ENHANCE_YOUR_CALM; see StreamLogs in api/levity.proto.
            var kind = status.StatusCode == StatusCode.ResourceExhausted
                ? LevityErrorKind.StoppedReading
                : LevityErrorKind.Unreachable;
            return new LevityException(kind, $"the connection to {server} was lost", failure);
        }

        var detail = status.Detail.Length > 0 ? status.Detail : status.StatusCode.ToString();
        var message = status.StatusCode switch
        {
            StatusCode.Unavailable => $"{server} is not available: {detail}",
            StatusCode.DeadlineExceeded => $"no answer from {server} within {options.TimeoutText}; it may have been done",
            StatusCode.Unauthenticated => $"{server} does not know who we are from {options.CertificateFile}: {detail}",
            StatusCode.PermissionDenied => $"not allowed: {detail}",
            StatusCode.Unimplemented => $"{server} does not have this call; is it an older levityd? ({detail})",
            StatusCode.Internal or StatusCode.Unknown or StatusCode.DataLoss => $"{server} failed: {detail}",
            _ => detail,
        };
        return new LevityException(KindOf(status), message, failure);
    }

    /// <summary>Whether the answer got lost on the way. A status that the server sent has no exception.</summary>
    public static bool IsOfTheConnection(RpcException failure)
    {
        for (var e = failure.Status.DebugException; e is not null; e = e.InnerException)
        {
            if (e is IOException or HttpRequestException)
            {
                return true;
            }
        }

        return false;
    }

    private static LevityErrorKind KindOf(Status status) => status.StatusCode switch
    {
        StatusCode.Unavailable => LevityErrorKind.Unreachable,
        StatusCode.DeadlineExceeded => LevityErrorKind.TimedOut,
        StatusCode.Unauthenticated or StatusCode.PermissionDenied => LevityErrorKind.Denied,
        StatusCode.NotFound => LevityErrorKind.NotFound,
        StatusCode.InvalidArgument => LevityErrorKind.InvalidArgument,
        StatusCode.AlreadyExists => LevityErrorKind.AlreadyExists,
        StatusCode.FailedPrecondition => KindOf(status.Detail),
        StatusCode.ResourceExhausted => LevityErrorKind.LimitExceeded,
        StatusCode.Unimplemented => LevityErrorKind.Unsupported,
        StatusCode.DataLoss => LevityErrorKind.DataLoss,
        _ => LevityErrorKind.ServerFailed,
    };

    // Only what the server says of the command itself is about the command; a working directory that is missing has the same
    // errno, and is a plain failure.
    private static LevityErrorKind KindOf(string precondition) =>
        !precondition.StartsWith("binary", StringComparison.Ordinal) ? LevityErrorKind.FailedPrecondition
        : precondition.Contains("ENOENT", StringComparison.Ordinal) ? LevityErrorKind.CommandNotFound
        : LevityErrorKind.CannotExecute;
}
