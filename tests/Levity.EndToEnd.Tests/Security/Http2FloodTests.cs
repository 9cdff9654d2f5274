using Grpc.Core;
using Levity.EndToEnd.Tests.Audit;
using Levity.EndToEnd.Tests.Fixtures;

namespace Levity.EndToEnd.Tests.Security;

/// <summary>
/// What a user with a good certificate may try on the level of HTTP/2: the connection is ended, and others have their answers.
/// </summary>
public sealed class Http2FloodTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private const string Query = "/levity.TaskManager/QueryTask";
    private const int Batch = 1_000;
    private const int MostBatches = 1_000;
    private const int MostStreams = 100;

    private static readonly byte[] Ping = new byte[8];

    private readonly LevityServer _server = shared.Server;

    public static TheoryData<string> Noise => ["PING", "SETTINGS", "PRIORITY", "CONTINUATION", "empty DATA", "unknown"];

    [Theory]
    [MemberData(nameof(Noise))]
    public async Task Frames_that_ask_for_nothing_are_taken_for_a_while_and_then_the_connection_is_over(string kind)
    {
        var mallory = _server.Certificates.Clients.IssueUser($"noisy-{kind}", $"mallory-{kind.Replace(' ', '-')}");
        await using var client = await RawClient.GreetAsync(_server, mallory);
        var staying = client.StayAsync();
        await client.SendAsync(Http2Request.Headers(1, Query, kind == "CONTINUATION" ? FrameFlags.None : FrameFlags.EndHeaders));

        await client.SendWhileTakenAsync(NoiseOf(kind).Bytes(Batch), MostBatches);
        await staying;

        var record = await RefusedAsync(entry => entry.Identity == $"mallory-{kind.Replace(' ', '-')}");
        Assert.Equal("frames that ask for nothing: more than 2000, and 200 a second", record.Reason);
        await OthersAreServedAsync();
    }

    [Fact]
    public async Task Streams_that_are_reset_at_once_harm_nobody()
    {
        await using var client = await RawClient.GreetAsync(_server, _server.Certificates.Alice);
        var cancel = new byte[] { 0, 0, 0, (byte)Http2Error.Cancel };
        for (var stream = 1; stream < 4 * Batch; stream += 2)
        {
            byte[] both =
            [
                .. Http2Request.Headers(stream, Query).Bytes(),
                .. new Http2Frame(FrameType.ResetStream, stream) { Payload = cancel }.Bytes(),
            ];
            await client.SendWhileTakenAsync(both, 1);
        }

        await OthersAreServedAsync();
    }

    [Fact]
    public async Task Header_fields_without_an_end_are_cut_off()
    {
        await using var client = await RawClient.GreetAsync(_server, _server.Certificates.Alice);
        var staying = client.StayAsync();
        byte[] fields = [.. Enumerable.Repeat(Http2Request.Field("x-a", new string('a', 100)), 100).SelectMany(field => field)];
        await client.SendAsync(Http2Request.Headers(1, Query, FrameFlags.None));

        await client.SendWhileTakenAsync(new Http2Frame(FrameType.Continuation, 1) { Payload = fields }.Bytes(), MostBatches);

        await staying;
        await OthersAreServedAsync();
    }

    [Fact]
    public async Task Ten_thousand_header_fields_are_too_many()
    {
        await using var client = await RawClient.GreetAsync(_server, _server.Certificates.Alice);
        var staying = client.StayAsync();
        byte[] fields = [.. Enumerable.Repeat(Http2Request.Field("a", "b"), 1_000).SelectMany(field => field)];
        await client.SendAsync(Http2Request.Headers(1, Query, FrameFlags.EndStream));
        for (var i = 0; i < 10; i++)
        {
            var flags = i == 9 ? FrameFlags.EndHeaders : FrameFlags.None;
            await client.SendWhileTakenAsync(new Http2Frame(FrameType.Continuation, 1, flags) { Payload = fields }.Bytes(), 1);
        }

        await staying;
        await OthersAreServedAsync();
    }

    [Fact]
    public async Task One_header_field_of_a_whole_frame_is_too_large()
    {
        await using var client = await RawClient.GreetAsync(_server, _server.Certificates.Alice);
        var field = Http2Request.Field("x-a", new string('a', 16_000));

        await client.SendAsync(Http2Request.Headers(1, Query, FrameFlags.EndHeaders, field));

        await client.EndAsync();
        await OthersAreServedAsync();
    }

    [Fact]
    public async Task Header_fields_that_stop_in_the_middle_are_not_waited_for()
    {
        await using var client = await RawClient.GreetAsync(_server, _server.Certificates.Alice);

        await client.SendAsync(Http2Request.Headers(1, Query, FrameFlags.None));

        await client.StayAsync();
    }

    [Fact]
    public async Task A_frame_that_is_larger_than_the_server_has_said_ends_the_connection()
    {
        await using var client = await RawClient.GreetAsync(_server, _server.Certificates.Alice);

        await client.SendAsync(Http2Request.Headers(1, Query));
        await client.SendWhileTakenAsync(Http2Request.Data(1, new byte[20_000]).Bytes(), 1);

        await client.EndAsync();
        await OthersAreServedAsync();
    }

    [Fact]
    public async Task A_connection_has_a_hundred_streams_and_the_next_is_refused()
    {
        await using var client = await RawClient.GreetAsync(_server, _server.Certificates.Alice);

        for (var i = 0; i <= MostStreams; i++)
        {
            await client.SendAsync(Http2Request.Headers(1 + 2 * i, Query));
        }

        var reset = await client.ReadAsync(FrameType.ResetStream);
        Assert.Equal((1 + 2 * MostStreams, Http2Error.RefusedStream), (reset?.Stream ?? 0, reset?.Error));
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")]
    [InlineData("PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n")]
    public async Task What_does_not_begin_as_HTTP_2_ends_the_connection(string beginning)
    {
        await using var client = await RawClient.ConnectAsync(_server, _server.Certificates.Alice);

        await client.SendAsync(System.Text.Encoding.ASCII.GetBytes(beginning));

        await client.EndAsync();
    }

    private static Http2Frame NoiseOf(string kind) => kind switch
    {
        "PING" => new Http2Frame(FrameType.Ping) { Payload = Ping },
        "SETTINGS" => new Http2Frame(FrameType.Settings),
        "PRIORITY" => new Http2Frame(FrameType.Priority, 1) { Payload = new byte[5] },
        "CONTINUATION" => new Http2Frame(FrameType.Continuation, 1),
        "empty DATA" => Http2Request.Data(1, Array.Empty<byte>()),
        _ => new Http2Frame((FrameType)0xee, 1),
    };

    private async Task OthersAreServedAsync()
    {
        var refusal = await Assert.ThrowsAsync<RpcException>(
            () => _server.Client(_server.Certificates.Bob).QueryAsync($"{Guid.NewGuid()}"));
        Assert.Equal(StatusCode.NotFound, refusal.StatusCode);
    }

    private Task<AuditEntry> RefusedAsync(Func<AuditEntry, bool> condition) => Eventually.GetAsync(
        () => Task.FromResult(AuditRecords.Of(_server).FirstOrDefault(
            entry => entry is { Event: "handshake", Outcome: "REFUSED" } && condition(entry))),
        () => $"a record among:\n{string.Join('\n', AuditRecords.Of(_server))}");
}
