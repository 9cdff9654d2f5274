using Grpc.Core;
using Levity.EndToEnd.Tests.Fixtures;
using Levity.Protocol;

namespace Levity.EndToEnd.Tests.Logs;

/// <summary>A reader that has stopped reading is cut off, and may come back for the rest.</summary>
public sealed class StoppedReaderTests(StoppedReaderTests.Impatient impatient)
    : IClassFixture<StoppedReaderTests.Impatient>
{
    // 63 MB: more than all windows and buffers on the way take in.
    private const string Count = "8000000";

    private readonly LevityServer _server = impatient.Server;
    private readonly TestClient _client = impatient.Server.Client();

    [Fact]
    public async Task Its_stream_ends_with_RESOURCE_EXHAUSTED_and_leaves_no_file_open()
    {
        var id = await _client.StartAsync("seq", Count);
        await _client.SuccessAsync(id);
        using var stopped = _client.Follow(id);
        var first = await stopped.NextAsync();

        await NobodyReadsAsync();

        var end = await Assert.ThrowsAsync<RpcException>(() => stopped.AllAsync());
        Assert.Equal(StatusCode.ResourceExhausted, end.StatusCode);
        var rest = new StreamLogsRequest { TaskId = TestClient.Handle(id), Cursor = first.Cursor, Follow = true };
        Assert.Equal(
            await _client.Follow(id).LengthAsync(), first.Chunk.Data.Length + await _client.Stream(rest).LengthAsync());
    }

    [Fact]
    public async Task It_does_not_take_the_others_on_its_connection_with_it()
    {
        var id = await _client.StartAsync("seq", Count);
        var silent = await _client.ShellAsync("echo ready; exec sleep 300");
        using var other = _client.Follow(silent);
        await other.NextAsync();
        using var stopped = _client.Follow(id);
        await stopped.NextAsync();
        await _client.SuccessAsync(id);

        await Eventually.TrueAsync(() => _server.LogsBeingRead == 1, () => $"one reader of {_server.LogsBeingRead}");

        await _client.SignalAsync(silent);
        Assert.Equal(StreamLogsResponse.EventOneofCase.Sealed, (await other.NextAsync()).EventCase);
    }

    [Theory]
    [InlineData("-f")]
    [InlineData("--stdout")]
    public async Task Levity_whose_own_reader_takes_a_rest_gives_it_every_byte_once(string option)
    {
        var id = await _client.StartAsync("seq", Count);
        await _client.SuccessAsync(id);
        var expected = RandomBytes.Hash((await RunningProgram.RunAsync(["seq", Count])).Output);
        var rested = new Gate(_server);
        var levity = _server.Cli();

        // As with `| less`: levity is alive, and nobody takes what it writes.
        await using var pipe = RunningProgram.Start(
            [
                "sh", "-c", $"gate=$1; shift; \"$@\" | {{ set -- $gate; {Gate.Wait}; cat; }}", "sh", rested.FilePath,
                PublishedPrograms.Levity, "logs", option, id,
            ],
            levity.Environment);
        await Eventually.TrueAsync(() => _server.LogsBeingRead == 1, "levity reading");
        await NobodyReadsAsync();
        rested.Open();

        var result = (await pipe.ResultAsync()).Successful();
        Assert.Equal(("", expected), (result.ErrorText, RandomBytes.Hash(result.Output)));
    }

    [Fact]
    public async Task Levity_that_is_stopped_itself_goes_on_with_every_byte_once()
    {
        var expected = RandomBytes.Hash((await RunningProgram.RunAsync(["seq", Count])).Output);
        var go = new Gate(_server);
        var id = await _client.ShellAsync(
            "while [ ! -e \"$1\" ]; do echo waiting >&2; sleep 0.05; done; exec seq \"$2\"", go.FilePath, Count);
        await using var follower = _server.Cli().Start("logs", "-f", id);
        await follower.Error.ContainsAsync("waiting");
        await Signals.SendAsync("STOP", follower.Pid);
        await Eventually.TrueAsync(() => ProcessEntry.Find(follower.Pid)?.State == 'T', "the follower being stopped");

        go.Open();
        await _client.SuccessAsync(id);
        await NobodyReadsAsync();
        Assert.Equal('T', ProcessEntry.Find(follower.Pid)?.State);

        await Signals.SendAsync("CONT", follower.Pid);
        Assert.Equal(expected, RandomBytes.Hash((await follower.ResultAsync()).Successful().Output));
    }

    private Task NobodyReadsAsync() => Eventually.TrueAsync(
        () => _server.LogsBeingRead == 0, () => $"no reader; there are {_server.LogsBeingRead}");

    /// <summary>A server that waits a second for a reader.</summary>
    public sealed class Impatient : IAsyncLifetime
    {
        private LevityServer? _server;

        internal LevityServer Server => _server!;

        public async ValueTask InitializeAsync() =>
            _server = await LevityServer.StartAsync(new ServerSettings { ReaderTimeout = "1s" });

        public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;
    }
}
