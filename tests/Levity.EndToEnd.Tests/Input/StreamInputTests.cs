using Grpc.Core;
using Levity.EndToEnd.Tests.Fixtures;
using Levity.Protocol;

namespace Levity.EndToEnd.Tests.Input;

/// <summary>Streams that cannot be.</summary>
public sealed class StreamInputTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private readonly TestClient _client = shared.Server.Client();

    [Theory]
    [InlineData(3)]
    [InlineData(-1)]
    [InlineData(int.MaxValue)]
    public async Task A_stream_that_is_none_is_refused(int stream)
    {
        var id = await _client.StartAsync("echo", "hello");

        await RefusedAsync(
            new StreamLogsRequest { TaskId = TestClient.Handle(id), Stream = (LogStream)stream }, "stream");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1_000_000)]
    [InlineData(ulong.MaxValue)]
    public async Task A_cursor_that_nobody_was_given_is_refused(ulong cursor)
    {
        var id = await _client.StartAsync("echo", "hello");
        await _client.EndAsync(id);

        await RefusedAsync(new StreamLogsRequest { TaskId = TestClient.Handle(id), Cursor = cursor }, "cursor");
    }

    [Fact]
    public async Task A_cursor_between_two_messages_is_refused()
    {
        var id = await _client.StartAsync("echo", "hello");
        await _client.EndAsync(id);
        var first = (await _client.Follow(id).AllAsync())[0];

        await RefusedAsync(
            new StreamLogsRequest { TaskId = TestClient.Handle(id), Cursor = first.Cursor - 1 }, "cursor");
    }

    private async Task RefusedAsync(StreamLogsRequest request, string field)
    {
        var refusal = await Assert.ThrowsAsync<RpcException>(() => _client.Stream(request).AllAsync());

        Assert.Equal(StatusCode.InvalidArgument, refusal.StatusCode);
        Assert.StartsWith(field, refusal.Status.Detail, StringComparison.Ordinal);
    }
}
