using Levity.EndToEnd.Tests.Fixtures;
using Levity.Protocol;

namespace Levity.EndToEnd.Tests.Logs;

/// <summary>A reader goes on where it was, with what it was interested in.</summary>
public sealed class ResumeTests(SharedServer shared) : IClassFixture<SharedServer>
{
    // Each echo is a message of its own: the pipe is read before the next one comes.
    private const string Script =
        "for i in $(seq 1 20); do echo out $i; sleep 0.01; echo err $i >&2; sleep 0.01; done; exit 9";

    private readonly TestClient _client = shared.Server.Client();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task From_each_cursor_there_is_exactly_the_rest(bool follow)
    {
        var id = await _client.ShellAsync(Script);
        var all = await _client.Follow(id).AllAsync();
        Assert.InRange(all.Count, 10, 41);
        Assert.Equal(StreamLogsResponse.EventOneofCase.Sealed, all[^1].EventCase);

        for (var i = 0; i < all.Count; i++)
        {
            // After the end there is the end again, for one who did not hear of it.
            var rest = all.Skip(Math.Min(i + 1, all.Count - 1));
            var request = new StreamLogsRequest
            {
                TaskId = TestClient.Handle(id),
                Cursor = all[i].Cursor,
                Follow = follow,
            };
            Assert.Equal(rest, await _client.Stream(request).AllAsync());
        }
    }

    [Theory]
    [InlineData(LogStream.Stdout)]
    [InlineData(LogStream.Stderr)]
    public async Task One_stream_is_only_that_stream(LogStream stream)
    {
        var id = await _client.ShellAsync(Script);
        var request = new StreamLogsRequest { TaskId = TestClient.Handle(id), Stream = stream, Follow = true };

        var messages = await _client.Stream(request).AllAsync();

        Assert.All(messages, message => Assert.True(message.Chunk is null || message.Chunk.Stream == stream));
        var all = await _client.Follow(id).AllAsync();
        Assert.Equal(all.Text(stream), messages.Text(stream));
        Assert.Equal(StreamLogsResponse.EventOneofCase.Sealed, messages[^1].EventCase);
    }

    [Fact]
    public async Task A_follower_that_comes_while_the_task_runs_gets_all_from_its_cursor_on()
    {
        var id = await _client.ShellAsync(Script);
        var received = new List<StreamLogsResponse>();
        while (received is not [.., { EventCase: StreamLogsResponse.EventOneofCase.Sealed }])
        {
            // One message a call: resumed again and again under a writer.
            using var call = _client.Stream(new StreamLogsRequest
            {
                TaskId = TestClient.Handle(id),
                Cursor = received.Count == 0 ? 0 : received[^1].Cursor,
                Follow = true,
            });
            received.Add(await call.NextAsync());
        }

        Assert.Equal(await _client.Follow(id).AllAsync(), received);
    }

    [Fact]
    public async Task Without_following_a_stream_ends_at_the_present_and_is_not_sealed()
    {
        var id = await _client.ShellAsync("echo so far; exec sleep 300");
        await _client.OutputAsync(id, "so far\n");

        var messages = await _client.Stream(new StreamLogsRequest { TaskId = TestClient.Handle(id) }).AllAsync();

        Assert.Equal("so far\n", messages.Text());
        Assert.NotEqual(StreamLogsResponse.EventOneofCase.Sealed, messages[^1].EventCase);
    }
}
