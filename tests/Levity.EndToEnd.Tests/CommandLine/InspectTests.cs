using System.Text.Json;
using Levity.EndToEnd.Tests.Fixtures;

namespace Levity.EndToEnd.Tests.CommandLine;

/// <summary><c>levity inspect</c>: all that is known, for people and for programs.</summary>
public sealed class InspectTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private readonly LevityServer _server = shared.Server;
    private readonly LevityCommand _levity = shared.Server.Cli();
    private readonly TestClient _client = shared.Server.Client();

    [Fact]
    public async Task A_task_that_is_over_is_told_with_its_request_and_its_end()
    {
        var before = TimeProvider.System.GetUtcNow().AddMilliseconds(-1);
        var id = await _levity.StartTaskAsync("-d", "/tmp", "-D", "A=b c", "--", "sh", "-c", "exit 7");
        await _client.EndAsync(id);
        var after = TimeProvider.System.GetUtcNow();

        var text = (await _levity.RunAsync("inspect", id)).Successful().OutputText;
        var rows = text.TrimEnd('\n').Split('\n').Select(line => line.Split(':', 2)).ToList();
        Assert.Equal(
            [
                "id", "state", "exit code", "owner", "command", "argument", "argument", "working directory",
                "environment", "created", "started", "ended", "ran for", "grace expired", "processes killed",
                "user time", "system time", "max resident set",
            ],
            rows.Select(row => row[0]).Where(name => name is not ("expires" or "out of memory")));
        Assert.Equal(
            [id, "Finished", "7", "alice", "sh", "-c", "exit 7", "/tmp", "A=b c"],
            rows.Take(9).Select(row => row[1].Trim()));

        using var json = JsonDocument.Parse((await _levity.RunAsync("inspect", "-o", "json", id)).Successful().Output);
        var task = json.RootElement;
        Assert.Equal(
            (id, "Finished", 7, "alice"),
            (Text(task, "id"), Text(task, "state"), task.GetProperty("exitCode").GetInt32(), Text(task, "owner")));
        Assert.Equal("b c", Text(task.GetProperty("request").GetProperty("environment"), "A"));
        DateTimeOffset[] times =
        [
            before,
            task.GetProperty("createdAt").GetDateTimeOffset(),
            task.GetProperty("ending").GetProperty("startedAt").GetDateTimeOffset(),
            task.GetProperty("ending").GetProperty("endedAt").GetDateTimeOffset(),
            after,
        ];
        Assert.Equal(times.Order(), times);
    }

    [Fact]
    public async Task A_signal_is_told_by_its_name_and_whoever_asked_by_his()
    {
        var id = await _levity.StartTaskAsync("sleep", "300");
        (await _levity.RunAsync("signal", id)).Successful();
        await _client.EndAsync(id);

        using var json = JsonDocument.Parse((await _levity.RunAsync("query", "-o", "json", id)).Successful().Output);
        var ending = json.RootElement.GetProperty("ending");

        Assert.Equal((15, "SIGTERM"), (ending.GetProperty("signal").GetInt32(), Text(ending, "signalName")));
        Assert.Equal("alice", Text(ending, "stopRequestedBy"));
        Assert.False(json.RootElement.TryGetProperty("exitCode", out _));
        Assert.Contains(
            "SIGTERM (signal 15)\n", (await _levity.RunAsync("inspect", id)).OutputText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_that_a_task_was_given_reaches_the_terminal_raw()
    {
        var id = await _levity.StartTaskAsync("-D", "A=\u001b[2J", "--", "true", "\u001b]0;x\u0007", "a\nstate: Lost");

        foreach (var format in (string[])["text", "json"])
        {
            var output = (await _levity.RunAsync("inspect", "-o", format, id)).Successful().OutputText;

            Assert.DoesNotContain(output, c => char.IsControl(c) && c != '\n');
            Assert.DoesNotContain("\nstate: Lost", output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Somebody_elses_task_is_no_task()
    {
        var id = await _levity.StartTaskAsync("true");

        var result = await _server.Cli(_server.Certificates.Bob).RunAsync("inspect", id);

        Assert.Equal(("", $"levity: no such task: {id}\n"), (result.OutputText, result.ErrorText));
        Assert.Equal(125, result.ExitCode);
    }

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}
