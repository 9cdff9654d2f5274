using System.Text.RegularExpressions;
using Levity.EndToEnd.Tests.Fixtures;
using Levity.Protocol;

namespace Levity.EndToEnd.Tests.Endings;

/// <summary>Tasks that are executed again when they fail: one id, one log, one end.</summary>
public sealed class RetryTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private readonly LevityServer _server = shared.Server;
    private readonly LevityCommand _levity = shared.Server.Cli();
    private readonly TestClient _client = shared.Server.Client();

    [Fact]
    public async Task One_that_fails_twice_is_followed_to_its_success()
    {
        var run = await _levity.RunAsync(
            "run", "--dir", _server.Scratch, "--name", "again", "--retry", "on-failure:5", "--backoff", "100ms", "--max-backoff", "1s",
            "sh", "-c", "echo >> again; n=$(wc -l < again); echo attempt $n; [ $n -ge 3 ]");

        Assert.Equal((0, "attempt 1\nattempt 2\nattempt 3\n"), (run.ExitCode, run.OutputText));
        var told = (await _levity.RunAsync("inspect", "again")).Successful().OutputText;
        foreach (var line in new[] { "state: +Finished", "retry: +on failure, at most 5 times, after 100ms, up to 1s", "attempts: +3" })
        {
            Assert.Matches(line, told);
        }
    }

    [Fact]
    public async Task One_that_never_succeeds_exits_as_its_last_attempt_did()
    {
        var run = await _levity.RunAsync("run", "--retry", "on-failure:1", "--backoff", "100ms", "sh", "-c", "echo no; exit 9");

        Assert.Equal((9, "no\nno\n"), (run.ExitCode, run.OutputText));
    }

    [Fact]
    public async Task One_that_waits_is_told_as_that_also_by_the_next_levityd_until_it_is_asked_to_stop()
    {
        await using var server = await LevityServer.StartAsync();
        var id = await server.Cli().StartTaskAsync("--retry", "on-failure:2", "--backoff", "1h", "sh", "-c", "echo once; exit 4");
        var waits = await WaitsAsync(server.Client(), id);
        Assert.Equal((TaskStatusCode.Running, 1, 4), (waits.StatusCode, waits.Attempt, waits.LastAttempt.ExitCode));
        Assert.Matches("Running \\(attempt 1 failed\\)", (await server.Cli().RunAsync("ls")).Successful().OutputText);
        var told = (await server.Cli().RunAsync("inspect", id)).Successful().OutputText;
        foreach (var line in new[] { "attempt: +1 of 3", "last attempt: +exited with 4", "next attempt: +20" })
        {
            Assert.Matches(line, told);
        }

        var signal = await server.Cli().RunAsync("signal", "-s", "USR1", id);
        Assert.Contains("attempt 1 has failed, and it waits for the next one", signal.Refusal(), StringComparison.Ordinal);

        await server.Kill9Async();
        await server.RestartAsync();

        var (again, client) = (await server.Client().QueryAsync(id), server.Client());
        Assert.Equal((waits.Attempt, waits.NextAttemptAt, waits.LastAttempt), (again.Attempt, again.NextAttemptAt, again.LastAttempt));
        await client.SignalAsync(id);
        var end = await client.EndAsync(id);
        Assert.Equal((TaskStatusCode.Finished, 4), (end.StatusCode, end.ExitCode));
        Assert.Equal((1, "alice"), (end.Ending.Attempts, end.Ending.StopRequestedBy));
        Assert.Equal((0, null), (end.Attempt, end.NextAttemptAt));
    }

    [Fact]
    public async Task One_goes_on_while_levityd_is_down()
    {
        await using var server = await LevityServer.StartAsync();
        var id = await server.Cli().StartTaskAsync(
            "--dir", server.Scratch, "--retry", "on-failure:2", "--backoff", "1s", "sh", "-c",
            "echo >> down; n=$(wc -l < down); echo $n; [ $n -ge 3 ]");
        await WaitsAsync(server.Client(), id);

        await server.Kill9Async();
        await Eventually.TrueAsync(
            () => File.Exists(Path.Combine(server.Scratch, "down")) && File.ReadAllLines(Path.Combine(server.Scratch, "down")).Length == 3,
            "its third attempt");
        await server.RestartAsync();

        var end = await server.Client().EndAsync(id);
        Assert.Equal((TaskStatusCode.Finished, 0, 3), (end.StatusCode, end.ExitCode, end.Ending.Attempts));
        Assert.Equal("1\n2\n3\n", (await server.Cli().RunAsync("logs", id)).Successful().OutputText);
    }

    [Theory]
    [InlineData("exec sleep 300", "state: +Running", 128 + 15)]
    [InlineData("exit 6", "next attempt: +20", 6)]
    public async Task Ctrl_C_ends_it_whether_it_runs_or_waits(string script, string told, int exitCode)
    {
        var name = $"interrupted-{exitCode}";
        await using var run = _levity.Start("run", "--name", name, "--retry", "on-failure:3", "--backoff", "1h", "sh", "-c", script);
        await Eventually.GetAsync(
            async () => Regex.IsMatch((await _levity.RunAsync("inspect", name)).OutputText, told) ? told : null, () => told);

        await Signals.SendAsync("INT", run.Pid);

        Assert.Equal(exitCode, await run.ExitAsync());
    }

    [Fact]
    public async Task Its_attempts_are_events()
    {
        var label = $"test={Guid.NewGuid()}";
        await using var events = _levity.Start("events", "--label", label, "--since", "1h");

        // States that stay: one that is over soon may be passed over.
        var waits = await _levity.StartTaskAsync("--label", label, "--retry", "on-failure:1", "--backoff", "1h", "false");
        await events.Output.ContainsAsync($"{waits}  Running (attempt 1 failed)");
        var again = await _levity.StartTaskAsync(
            "--dir", _server.Scratch, "--label", label, "--retry", "on-failure:1", "--backoff", "100ms", "sh", "-c",
            "[ -e events ] && exec sleep 300; echo > events; kill -9 $$");
        await events.Output.ContainsAsync($"{again}  Running (attempt 2)");

        await _client.SignalAsync(waits);
        await events.Output.ContainsAsync($"{waits}  Finished (1)");
        await _client.SignalAsync(again);
        await events.Output.ContainsAsync($"{again}  Finished (SIGTERM)");
    }

    private static async Task<QueryTaskResponse> WaitsAsync(TestClient client, string id)
    {
        return await Eventually.GetAsync(
            async () => await client.QueryAsync(id) is { NextAttemptAt: not null } report ? report : null,
            () => "the end of its first attempt");
    }
}
