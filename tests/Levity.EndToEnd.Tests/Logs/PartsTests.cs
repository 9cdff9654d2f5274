using Google.Protobuf.WellKnownTypes;
using Levity.EndToEnd.Tests.Fixtures;
using Levity.Protocol;

namespace Levity.EndToEnd.Tests.Logs;

/// <summary>A part of a log: its last lines, or what came between two times.</summary>
public sealed class PartsTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private readonly TestClient _client = shared.Server.Client();
    private readonly LevityCommand _levity = shared.Server.Cli();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(99_999)]
    [InlineData(1_000_000)]
    public async Task The_last_lines_are_those_of_tail(int lines)
    {
        var id = await _client.StartAsync("seq", "100000");
        await _client.SuccessAsync(id);

        var expected = await RunningProgram.RunAsync(["sh", "-c", $"seq 100000 | tail -n {lines}"]);

        Assert.Equal(expected.OutputText, (await _levity.RunAsync("logs", "-n", $"{lines}", id)).Successful().OutputText);
        Assert.Equal(expected.OutputText, (await _levity.RunAsync("logs", "-fn", $"{lines}", id)).Successful().OutputText);
    }

    [Fact]
    public async Task Following_from_the_end_shows_what_comes_later_also_after_a_restart_before_there_is_anything()
    {
        await using var server = await LevityServer.StartAsync();
        var (go, client) = (new Gate(server), server.Client());
        var id = await client.ShellAsync($"echo before; {Gate.Wait}; echo after", go.FilePath);
        await client.OutputAsync(id, "before\n");
        await using var follower = server.Cli().Start("logs", "-f", "-n", "0", id);
        await using var other = server.Cli().Start("logs", "-f", "-n", "1", id);
        await other.Output.ContainsAsync("before\n");

        // The other one came later; this one has been told where the end was by then, or asks again for it.
        await server.SigtermAsync();
        await follower.Error.ContainsAsync("resuming");
        go.Open();
        await server.RestartAsync();

        Assert.Equal("before\nafter\n", (await other.ResultAsync()).Successful().OutputText);
        await follower.ResultAsync();
    }

    [Fact]
    public async Task What_came_between_two_times_is_what_has_such_times()
    {
        var id = await _client.ShellAsync("for i in 1 2 3 4 5; do echo $i; sleep 0.05; done");
        await _client.SuccessAsync(id);
        var chunks = (await _client.Follow(id).AllAsync()).Select(message => message.Chunk).OfType<LogChunk>().ToList();
        var (since, until) = (chunks[1].Time, chunks[^1].Time);

        var part = await _client.Stream(
            new StreamLogsRequest { TaskId = TestClient.Handle(id), Since = since, Until = until }).AllAsync();

        Assert.Equal(
            string.Concat(chunks.Skip(1).SkipLast(1).Select(chunk => chunk.Data.ToStringUtf8())), part.Text());
        Assert.Equal(
            part.Text(),
            (await _levity.RunAsync("logs", "--since", Text(since), "--until", Text(until), id)).Successful().OutputText);
        Assert.Equal("", (await _levity.RunAsync("logs", "--until", "1h", id)).Successful().OutputText);
        Assert.Equal("4\n5\n", (await _levity.RunAsync("logs", "--since", "1h", "-n", "2", id)).Successful().OutputText);
    }

    [Fact]
    public async Task Stamps_are_the_times_of_the_messages()
    {
        var id = await _client.StartAsync("echo", "hello");
        await _client.SuccessAsync(id);
        var message = (await _client.Follow(id).AllAsync())[0];

        var printed = (await _levity.RunAsync("logs", "--timestamps", id)).Successful().OutputText;

        var stamp = printed.Split(' ')[0];
        Assert.Equal($"{stamp} hello\n", printed);
        Assert.Equal("", (await _levity.RunAsync("logs", "--until", stamp, id)).Successful().OutputText);
        Assert.Equal("hello\n", (await _levity.RunAsync("logs", "--since", stamp, id)).Successful().OutputText);
        Assert.StartsWith(Text(message.Chunk.Time)[..19], stamp, StringComparison.Ordinal);
    }

    private static string Text(Timestamp time) => time.ToString().Trim('"');
}
