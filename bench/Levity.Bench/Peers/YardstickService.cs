using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace Levity.Bench.Peers;

/// <summary>Nothing, as fast as it goes.</summary>
internal sealed class YardstickService : Yardstick.YardstickBase
{
    private static readonly Task<Empty> Done = Task.FromResult(new Empty());

    public override Task<Empty> Nothing(Empty request, ServerCallContext context) => Done;

    public override async Task Chunks(
        ChunksRequest request, IServerStreamWriter<Chunk> responseStream, ServerCallContext context)
    {
        var chunk = new Chunk { Data = UnsafeByteOperations.UnsafeWrap(new byte[request.ChunkBytes]) };
        for (var left = request.TotalBytes; left > 0; left -= request.ChunkBytes)
        {
            await responseStream.WriteAsync(chunk, context.CancellationToken);
        }
    }
}
