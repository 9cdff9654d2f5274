using Grpc.Core;
using Levity.Protocol;

namespace Levity.Soak.Load;

/// <summary>How to read the answers of a server that may be killed at any moment.</summary>
internal static class Answers
{
    /// <summary>The call was not answered, so it has happened or it has not.</summary>
    public static bool IsNoAnswer(this RpcException e) => e.StatusCode
        is StatusCode.Unavailable or StatusCode.Internal or StatusCode.Cancelled or StatusCode.Unknown
        or StatusCode.DeadlineExceeded;

    /// <summary>The server has said no, and why.</summary>
    public static bool IsRefusal(this RpcException e) => e.StatusCode
        is StatusCode.FailedPrecondition or StatusCode.ResourceExhausted;

    public static bool IsOver(this QueryTaskResponse answer) => answer.StatusCode
        is not (TaskStatusCode.NotStarted or TaskStatusCode.Running or TaskStatusCode.Signalled);
}
