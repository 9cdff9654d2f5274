using Grpc.Core;
using Levity.EndToEnd.Tests.Fixtures;

namespace Levity.EndToEnd.Tests.Security;

/// <summary>Messages that are too large, at once or once they are unpacked.</summary>
public sealed class HugeMessageTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private const int Larger = 4 * 1024 * 1024 + 1;

    private static readonly Method<byte[], byte[]> Start = new(
        MethodType.Unary,
        "levity.TaskManager",
        "StartTask",
        Marshallers.Create<byte[]>(message => message, message => message),
        Marshallers.Create<byte[]>(message => message, message => message));

    private readonly LevityServer _server = shared.Server;

    [Theory]
    [InlineData(Larger, false)]
    [InlineData(Larger, true)]
    [InlineData(64 * 1024 * 1024, true)]
    public async Task A_message_of_more_than_4_MiB_is_refused_also_when_it_comes_compressed(int size, bool isCompressed)
    {
        // How grpc-dotnet's client is told to compress a request.
        var options = TestClient.Bounded.WithHeaders(
            isCompressed ? [new Metadata.Entry("grpc-internal-encoding-request", "gzip")] : []);

        var refusal = await Assert.ThrowsAsync<RpcException>(
            () => _server.Client().Invoker.AsyncUnaryCall(Start, null, options, new byte[size]).ResponseAsync);

        Assert.Equal(StatusCode.ResourceExhausted, refusal.StatusCode);
        await _server.Client(_server.Certificates.Bob).SuccessAsync(
            await _server.Client(_server.Certificates.Bob).StartAsync("true"));
    }

    [Fact]
    public async Task What_a_user_has_not_sent_to_the_end_is_held_up_to_a_limit_and_then_the_call_is_reset()
    {
        const int streams = 6;

        // With all the patience that there is: it is not time that ends the call.
        await using var server = await LevityServer.StartAsync(new ServerSettings { ReaderTimeout = "off" });
        var window = new SendWindow();
        var reset = new TaskCompletionSource<Http2Frame>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (var client = await RawClient.GreetAsync(server, server.Certificates.Alice))
        {
            var staying = client.StayAsync(frame =>
            {
                window.Opens(frame);
                if (frame.Type == FrameType.ResetStream)
                {
                    reset.TrySetResult(frame);
                }
            });
            for (var i = 0; i < streams; i++)
            {
                await client.SendAsync(Http2Request.Headers(1 + 2 * i, "/levity.TaskManager/StartTask"));
                await client.SendAsync(Http2Request.Data(1 + 2 * i, Http2Request.Prefix(Larger - 1)));
                window.Take(1 + 2 * i, Http2Request.Prefix(0).Length);
            }

            // All of it but the end, more than is held of one user.
            var chunk = new byte[16_000];
            for (var i = 0; await window.TakeAsync(1 + 2 * (i % streams), chunk.Length, Task.WhenAny(staying, reset.Task)); i++)
            {
                await client.SendWhileTakenAsync(Http2Request.Data(1 + 2 * (i % streams), chunk).Bytes(), 1);
            }

            Assert.Equal(Http2Error.EnhanceYourCalm, (await Eventually.CompletesAsync(reset.Task, "a reset")).Error);
        }

        // With the connection all of it is given back.
        await server.Client().SuccessAsync(await server.Client().StartAsync("true"));
    }
}
