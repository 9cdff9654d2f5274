using System.Security.Cryptography;
using Grpc.Core;
using Levity.EndToEnd.Tests.Fixtures;
using Levity.Protocol;

namespace Levity.EndToEnd.Tests.Logs;

/// <summary>A log has the bytes that the task wrote, and no other.</summary>
public sealed class ExactnessTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private readonly TestClient _client = shared.Server.Client();

    [Fact]
    [Trait("Load", "heavy")]
    public async Task Random_bytes_are_the_same_live_later_through_levity_and_after_a_restart()
    {
        const int count = 64 * 1024 * 1024;
        const int seed = 20_261;
        var expected = RandomBytes.Hash(count, seed);
        await using var server = await LevityServer.StartAsync();
        var client = server.Client();

        var id = await client.ChildAsync("random", $"{count}", $"{seed}");
        Assert.Equal(expected, await client.Follow(id).HashAsync());
        await client.SuccessAsync(id);
        Assert.Equal(expected, await client.Follow(id).HashAsync());
        Assert.Equal(expected, RandomBytes.Hash((await server.Cli().RunAsync("logs", id)).Successful().Output));

        await server.SigtermAsync();
        await server.RestartAsync();
        Assert.Equal(expected, await server.Client().Follow(id).HashAsync());
        Assert.Equal(expected, RandomBytes.Hash((await server.Cli().RunAsync("logs", "-f", id)).Successful().Output));
    }

    [Fact]
    [Trait("Load", "heavy")]
    public async Task Random_bytes_beside_one_endless_line_are_the_same_live_later_and_after_a_restart()
    {
        const int count = 32 * 1024 * 1024;
        await using var server = await LevityServer.StartAsync();
        var random = RandomNumberGenerator.GetBytes(count);
        var file = Path.Combine(server.Scratch, "random");
        await File.WriteAllBytesAsync(file, random, TestContext.Current.CancellationToken);
        var line = new byte[count];
        Array.Fill(line, (byte)'x');
        (string Stdout, string Stderr) expected = (RandomBytes.Hash(random), RandomBytes.Hash(line));

        var id = await server.Client().ShellAsync(
            "head -c \"$2\" /dev/zero | tr '\\0' x >&2 & cat \"$1\"; wait", file, $"{count}");
        Assert.Equal(expected, await HashesAsync(server.Client(), id));
        await server.Client().SuccessAsync(id);
        Assert.Equal(expected, await HashesAsync(server.Client(), id));

        await server.Kill9Async();
        await server.RestartAsync();
        Assert.Equal(expected, await HashesAsync(server.Client(), id));
        var levity = (await server.Cli().RunAsync("logs", "-f", id)).Successful();
        Assert.Equal(expected, (RandomBytes.Hash(levity.Output), RandomBytes.Hash(levity.Error)));
    }

    [Fact]
    public async Task What_is_no_text_comes_through()
    {
        var id = await _client.ShellAsync(@"printf 'a\000b\377\376\200\n\r\033[2J'; printf '\303'; printf '\274' >&2");
        await _client.SuccessAsync(id);

        var log = await _client.FetchAsync(id);

        Assert.Equal("610062FFFE800A0D1B5B324AC3", Convert.ToHexString(log.Stdout.Span));
        Assert.Equal("BC", Convert.ToHexString(log.Stderr.Span));
        Assert.Equal(log.Stdout.ToByteArray(), (await shared.Server.Cli().RunAsync("logs", "--stdout", id)).Output);
    }

    [Fact]
    public async Task Both_streams_at_full_speed_are_whole_and_in_order()
    {
        const int lines = 20_000;
        var numbers = string.Concat(Enumerable.Range(1, lines).Select(n => $"{n}\n"));
        var id = await _client.ShellAsync("seq 1 \"$1\" & seq 1 \"$1\" >&2; wait", $"{lines}");

        var messages = await _client.Follow(id).AllAsync();

        Assert.Equal(numbers, messages.Text(LogStream.Stdout));
        Assert.Equal(numbers, messages.Text(LogStream.Stderr));
    }

    [Fact]
    public async Task Messages_come_in_the_order_of_arrival_with_times_that_do_not_go_back()
    {
        var id = await _client.ShellAsync("for i in 1 2 3 4 5; do echo $i; sleep 0.03; echo $i >&2; sleep 0.03; done");

        var chunks = (await _client.Follow(id).AllAsync()).Select(message => message.Chunk).OfType<LogChunk>().ToList();

        Assert.Equal("1 1 2 2 3 3 4 4 5 5", string.Join(' ', chunks.Select(chunk => chunk.Data.ToStringUtf8().Trim())));
        Assert.All(chunks.Index(), item => Assert.Equal(
            item.Index % 2 == 0 ? LogStream.Stdout : LogStream.Stderr, item.Item.Stream));
        Assert.Equal(chunks.Select(chunk => chunk.Time), chunks.Select(chunk => chunk.Time).Order());
    }

    [Fact]
    public async Task Fetching_gives_all_of_a_log_that_fits_into_a_message()
    {
        const int count = 4_000_000;
        var id = await _client.ShellAsync("head -c \"$1\" /dev/zero; echo end >&2", $"{count}");
        await _client.SuccessAsync(id);

        var log = await _client.FetchAsync(id);

        Assert.Equal(count, log.Stdout.Length);
        Assert.Equal("end\n", log.Stderr.ToStringUtf8());
        Assert.Empty(log.Gaps);
    }

    [Fact]
    public async Task Fetching_a_log_that_does_not_fit_into_a_message_names_what_to_use_instead()
    {
        var id = await _client.ShellAsync("head -c 4300000 /dev/zero");
        await _client.SuccessAsync(id);

        var refusal = await Assert.ThrowsAsync<RpcException>(() => _client.FetchAsync(id));

        Assert.Equal(StatusCode.ResourceExhausted, refusal.StatusCode);
        Assert.Contains("StreamLogs", refusal.Status.Detail, StringComparison.Ordinal);
    }

    private static async Task<(string Stdout, string Stderr)> HashesAsync(TestClient client, string id)
    {
        var stderr = client.Follow(id).HashAsync(LogStream.Stderr);
        return (await client.Follow(id).HashAsync(), await stderr);
    }
}
