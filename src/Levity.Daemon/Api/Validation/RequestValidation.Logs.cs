using Levity.Protocol;

namespace Levity.Daemon.Api.Validation;

internal static partial class RequestValidation
{
    public static void Check(StreamLogsRequest request)
    {
        if (!Enum.IsDefined(request.Stream))
        {
            throw RpcErrors.Invalid("stream", $"{(int)request.Stream} is not a stream; 1 is stdout, 2 is stderr, 0 is both");
        }

        CheckTime("since", request.Since);
        CheckTime("until", request.Until);
        if (request is { Until: not null, Follow: true })
        {
            throw RpcErrors.Invalid("until", "cannot be given together with follow, which waits for what comes later");
        }

        if (request is { Since: not null, Until: not null } && request.Until <= request.Since)
        {
            throw RpcErrors.Invalid("until", "is not after since, so that nothing is between them");
        }

        if (request is { HasTailLines: true, Cursor: > 0 })
        {
            throw RpcErrors.Invalid("tail_lines", "cannot be given together with cursor: each says where to begin");
        }
    }
}
