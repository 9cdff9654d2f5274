using Grpc.Core;

namespace Levity.Cli.Connection;

/// <summary>Puts a failed call into words.</summary>
internal static class CallFailure
{
    public static CommandException Explain(RpcException failure, ConnectionOptions options)
    {
        var (server, status) = (options.Address, failure.Status);
        if (status.StatusCode != StatusCode.DeadlineExceeded && IsOfTheConnection(failure))
        {
            return new ServerUnreachableException($"the connection to {server} was lost", failure)
            {
                // A stream that was reset with ENHANCE_YOUR_CALM; see StreamLogs in api/levity.proto.
                BecauseWeStoppedReading = status.StatusCode == StatusCode.ResourceExhausted,
            };
        }

        var detail = status.Detail.Length > 0 ? status.Detail : status.StatusCode.ToString();
        return status.StatusCode switch
        {
            StatusCode.Unavailable => new ServerUnreachableException($"{server} is not available: {detail}", failure),
            StatusCode.DeadlineExceeded => Failed(
                $"no answer from {server} within {options.Timeout.TotalSeconds}s (--timeout); it may have been done"),
            StatusCode.Unauthenticated => Failed(
                $"{server} does not know who we are from {options.CertificateFile}: {detail}"),
            StatusCode.PermissionDenied => Failed($"not allowed: {detail}"),
            StatusCode.Unimplemented => Failed($"{server} does not have this call; is it an older levityd? ({detail})"),
            StatusCode.Internal or StatusCode.Unknown or StatusCode.DataLoss => Failed($"{server} failed: {detail}"),
            _ => Failed(detail),
        };

        CommandException Failed(string line) => new(line, failure, ExitCodes.Of(status));
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
}
