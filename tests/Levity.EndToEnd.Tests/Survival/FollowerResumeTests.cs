using Levity.EndToEnd.Tests.Fixtures;

namespace Levity.EndToEnd.Tests.Survival;

/// <summary><c>levity logs -f</c> and <c>levity run</c> outlive the server that they follow.</summary>
public sealed class FollowerResumeTests
{
    [Theory]
    [InlineData(Outage.Sigterm)]
    [InlineData(Outage.Kill9)]
    public async Task A_follower_goes_on_by_itself_with_no_byte_lost_and_none_doubled(Outage how)
    {
        await using var server = await LevityServer.StartAsync();
        var stop = new Gate(server);
        var id = await server.Client().ShellAsync(
            "i=0; while [ ! -e \"$1\" ]; do i=$((i+1)); echo $i; done; echo end", stop.FilePath);
        await using var follower = server.Cli().Start("logs", "-f", id);

        for (var round = 0; round < 2; round++)
        {
            var seen = follower.Output.Bytes.Length;
            await Eventually.TrueAsync(() => follower.Output.Bytes.Length > seen + 10_000, "more of the log");
            await server.AwayAsync(how);
            await server.RestartAsync();
        }

        stop.Open();
        var result = (await follower.ResultAsync()).Successful();
        var lines = result.OutputText.Split('\n');
        Assert.Equal([.. Enumerable.Range(1, lines.Length - 2).Select(n => $"{n}"), "end", ""], lines);
        Assert.Contains("resuming", result.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_follower_of_a_silent_task_hears_of_its_end_although_that_came_meanwhile()
    {
        await using var server = await LevityServer.StartAsync();
        var stop = new Gate(server);
        var id = await server.Client().ShellAsync($"echo ready; {Gate.Wait}; printf end", stop.FilePath);
        await using var follower = server.Cli().Start("logs", "-f", id);
        await follower.Output.ContainsAsync("ready\n");

        await server.Kill9Async();
        stop.Open();
        await Eventually.TrueAsync(() => ProcessTable.OfTask(id).Count == 0, "the task's end");
        await server.RestartAsync();

        Assert.Equal("ready\nend", (await follower.ResultAsync()).Successful().OutputText);
    }

    [Fact]
    public async Task A_run_goes_on_and_ends_with_the_tasks_exit_code()
    {
        await using var server = await LevityServer.StartAsync();
        var stop = new Gate(server);
        await using var run = server.Cli().Start(
            "run", "--", "sh", "-c", $"echo before; {Gate.Wait}; echo after; exit 5", "sh", stop.FilePath);
        await run.Output.ContainsAsync("before\n");

        await server.Kill9Async();
        stop.Open();
        await server.RestartAsync();

        var result = await run.ResultAsync();
        Assert.Equal(("before\nafter\n", 5), (result.OutputText, result.ExitCode));
    }
}
