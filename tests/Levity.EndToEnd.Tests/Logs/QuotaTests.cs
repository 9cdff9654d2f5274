using Levity.EndToEnd.Tests.Fixtures;
using Levity.Protocol;

namespace Levity.EndToEnd.Tests.Logs;

/// <summary>A log keeps the end of what was written, and says how much more there was.</summary>
public sealed class QuotaTests
{
    private const string Lines = "400000";

    // 1 to 400,000 and their newlines.
    private const ulong Written = 2_688_895;

    private static readonly ServerSettings Small = new() { LogQuota = "1M" };

    [Fact]
    public async Task What_is_dropped_and_what_is_kept_is_what_was_written()
    {
        await using var server = await LevityServer.StartAsync(Small);
        var client = server.Client();
        var id = await client.StartAsync("seq", Lines);
        await client.SuccessAsync(id);

        var messages = await client.Follow(id).AllAsync();

        var gap = Assert.Single(messages, message => message.Gap is not null);
        Assert.Equal(messages[0], gap);
        Assert.Equal(Written, gap.Gap.MissingBytes + (ulong)messages.Text().Length);
        Assert.InRange(messages.Text().Length, 700_000, 1_048_576);
        Assert.EndsWith("399999\n400000\n", messages.Text(), StringComparison.Ordinal);
        Assert.Equal(StreamLogsResponse.EventOneofCase.Sealed, messages[^1].EventCase);
        Assert.Equal(gap.Gap, Assert.Single((await client.FetchAsync(id)).Gaps));

        var printed = (await server.Cli().RunAsync("logs", id)).Successful();
        Assert.Equal(messages.Text(), printed.OutputText);
        Assert.Equal($"levity: {gap.Gap.MissingBytes} bytes of the log are missing: {gap.Gap.Reason}\n", printed.ErrorText);
    }

    [Fact]
    public async Task A_supervisor_that_is_killed_while_a_log_turns_and_drops_leaves_a_log()
    {
        await using var server = await LevityServer.StartAsync(Small);
        for (var round = 0; round < 5; round++)
        {
            var client = server.Client();
            var id = await client.StartAsync("yes", "0123456");
            await using var follower = server.Cli().Start("logs", "-f", "--stdout", id);
            await follower.Error.ContainsAsync("are missing");

            await Signals.SendAsync("KILL", server.SupervisorPid);
            var end = await client.EndAsync(id);

            Assert.Equal(TaskStatusCode.Lost, end.StatusCode);
            await follower.ResultAsync();
            var messages = await client.Follow(id).AllAsync();
            var gaps = messages.Where(message => message.Gap is not null).ToList();
            Assert.Equal(messages[0], gaps[0]);

            // Besides what was dropped there is one place at most, where the supervisor died.
            Assert.InRange(gaps.Count, 1, 2);
            Assert.Equal(StreamLogsResponse.EventOneofCase.Sealed, messages[^1].EventCase);
            Assert.Equal(["0123456"], messages.Text().Split('\n')[1..^1].Distinct());
        }
    }
}
