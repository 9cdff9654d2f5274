using Grpc.AspNetCore.Server;
using Grpc.Core;
using Levity.Daemon.Security.Admission;
using Microsoft.AspNetCore.Http.Features;

namespace Levity.Daemon.Api;

/// <summary>
/// Ends a call whose client does not go on with it: does not send the rest of its request, or does not take the answer.
/// Kestrel itself waits for ever. What the method does in between takes as long as it takes; a stream has its
/// <see cref="ReaderWatch"/> there. Ends it too when all that its user has not sent or not taken is too much.
/// </summary>
internal sealed class ClientWatch(StreamOptions options, TimeProvider time)
{
    // What Kestrel takes of a response before it makes the writer wait.
    private const int SmallAnswer = 64 * 1024;

    /// <summary>Stands round every request, once it is known which method it is for.</summary>
    public RequestDelegate Around(RequestDelegate next) => async http =>
    {
        using var watch = new ReaderWatch(options.ReaderTimeout, () => RpcErrors.EndUnfinished(http), time);
        var held = http.Features.GetRequiredFeature<Visit>().Held;
        using (var body = new MeteredBody(
            http.Request.BodyReader, held, HasOneRequest(http) ? watch : null, () => RpcErrors.EndUnfinished(http)))
        {
            http.Features.Set<IRequestBodyPipeFeature>(body);
            await next(http);
        }

        // An answer that is not taken at once is left to Kestrel, and to nobody's patience: a large one is waited for here.
        var answer = http.Response.BodyWriter;
        if (answer.CanGetUnflushedBytes && answer.UnflushedBytes is > SmallAnswer and var size)
        {
            await FlushAsync(http, held, size, watch);
        }
    };

    // With many, the client may take its time for the next one.
    private static bool HasOneRequest(HttpContext http) =>
        http.GetEndpoint()?.Metadata.GetMetadata<GrpcMethodMetadata>()?.Method.Type
            is not (MethodType.ClientStreaming or MethodType.DuplexStreaming);

    private static async Task FlushAsync(HttpContext http, HeldBytes held, long size, ReaderWatch watch)
    {
        if (!held.TryHold(size))
        {
            RpcErrors.EndUnfinished(http);
            return;
        }

        try
        {
            await watch.WaitAsync(http.Response.BodyWriter.FlushAsync(CancellationToken.None).AsTask());
        }
        finally
        {
            held.Release(size);
        }
    }
}
