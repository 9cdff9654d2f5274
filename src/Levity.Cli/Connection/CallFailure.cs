using Grpc.Core;

namespace Levity.Cli.Connection;

/// <summary>Puts a failed call into words.</summary>
internal static class CallFailure
{
    public static CommandException Explain(RpcException failure, ConnectionOptions options)
    {
        var status = failure.Status;
        var server = options.Address;
        return status.StatusCode switch
        {
            StatusCode.DeadlineExceeded => new CommandException(
                $"no answer from {server} within {options.Timeout.TotalSeconds}s; it may have done what it was asked (--timeout)",
                failure),
            _ when IsOfTheConnection(failure) =>
                new ServerUnreachableException($"the connection to {server} was lost", failure),
            StatusCode.Unavailable => new ServerUnreachableException($"{server} is not available: {status.Detail}", failure),
            StatusCode.Unauthenticated => new CommandException(
                $"{server} does not know who we are from {options.CertificateFile}: {status.Detail}", failure),
            StatusCode.PermissionDenied => new CommandException($"not allowed: {status.Detail}", failure),
            StatusCode.Unimplemented => new CommandException(
                $"{server} does not offer this call: is it an older levityd, or none? ({status.Detail})", failure),
            StatusCode.Internal or StatusCode.Unknown or StatusCode.DataLoss => new CommandException(
                $"{server} failed: {status.Detail}", failure),
            _ => new CommandException(status.Detail, failure, ExitCodes.Of(status)),
        };
    }

    /// <summary>Whether the answer was lost on the way. A status that the server sent has no exception with it.</summary>
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
