using System.Text.Json;
using Levity.EndToEnd.Tests.Fixtures;
using Levity.EndToEnd.Tests.Survival;

namespace Levity.EndToEnd.Tests.CommandLine;

/// <summary><c>levity ls</c>, <c>wait</c> and <c>events</c>, and tasks that are named by a name or the beginning of an id.</summary>
public sealed class FindAndWatchTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private readonly LevityServer _server = shared.Server;
    private readonly LevityCommand _levity = shared.Server.Cli();
    private readonly TestClient _client = shared.Server.Client();

    [Fact]
    public async Task A_task_is_found_by_its_name_its_labels_and_the_beginning_of_its_id()
    {
        var id = await _levity.StartTaskAsync("--name", "found", "-l", "for=finding", "--", "sh", "-c", "echo hello; exec sleep 300");
        await _client.OutputAsync(id, "hello");

        Assert.Equal("Running\n", (await _levity.RunAsync("query", "found")).Successful().OutputText);
        Assert.Equal("Running\n", (await _levity.RunAsync("query", id[..13])).Successful().OutputText);
        Assert.Equal("hello\n", (await _levity.RunAsync("logs", "--name", "found")).Successful().OutputText);
        Assert.Equal($"{id}\n", (await _levity.RunAsync("ls", "-q", "-l", "for=finding")).Successful().OutputText);
        Assert.Equal("found\n", (await _levity.RunAsync("ps", "-o", "name", "-l", "for")).Successful().OutputText);
        Assert.Equal("", (await _levity.RunAsync("ls", "-aq", "-l", "for=losing")).Successful().OutputText);
        using var json = JsonDocument.Parse((await _levity.RunAsync("ls", "-o", "json", "--name", "found")).Successful().Output);
        var task = Assert.Single(json.RootElement.EnumerateArray());
        Assert.Equal((id, "sh"), (task.GetProperty("id").GetString(), task.GetProperty("binary").GetString()));

        var second = await _levity.RunAsync("start", "--name", "found", "--", "true");
        Assert.StartsWith($"levity: name: 'found' is the name of task {id}", second.Refusal(), StringComparison.Ordinal);

        (await _levity.RunAsync("signal", "found")).Successful();
        Assert.Equal(143, (await _levity.RunAsync("wait", "found")).ExitCode);
        Assert.Equal("", (await _levity.RunAsync("ls", "-q", "--name", "found")).Successful().OutputText);
        (await _levity.RunAsync("rm", "found")).Successful();
        Assert.Equal("levity: no such task: none of yours is named found\n", (await _levity.RunAsync("query", "found")).Refusal());
    }

    [Fact]
    public async Task Nobody_finds_or_lists_what_is_somebody_elses_until_it_is_shared_with_them()
    {
        var bob = _server.Cli(_server.Certificates.Bob);
        var id = await _levity.StartTaskAsync("--name", "private", "--", "sleep", "300");

        Assert.Equal("", (await bob.RunAsync("ls", "-aq", "--all-owners", "-l", "x")).Successful().OutputText);
        Assert.Equal(125, (await bob.RunAsync("query", "private")).ExitCode);
        Assert.StartsWith("levity: no such task: ", (await bob.RunAsync("query", id[..20])).Refusal(), StringComparison.Ordinal);
        Assert.DoesNotContain(id, (await bob.RunAsync("ls", "-aq", "--all-owners")).Successful().OutputText, StringComparison.Ordinal);

        await _client.ShareAsync(id, "bob", read: true);

        Assert.Contains(id, (await bob.RunAsync("ls", "-q", "--all-owners")).Successful().OutputText, StringComparison.Ordinal);
        Assert.Equal("Running\n", (await bob.RunAsync("query", id[..20])).Successful().OutputText);
        Assert.DoesNotContain(id, (await bob.RunAsync("ls", "-q")).Successful().OutputText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Waiting_ends_with_the_tasks_own_code_also_long_after_its_end_and_with_124_when_the_time_is_over()
    {
        var failed = await _levity.StartTaskAsync("sh", "-c", "exit 7");
        await _client.EndAsync(failed);
        var running = await _levity.StartTaskAsync("sleep", "300");

        Assert.Equal(7, (await _levity.RunAsync("wait", failed)).ExitCode);
        Assert.Equal(7, (await _levity.RunAsync("wait", "--any", running, failed)).ExitCode);
        var impatient = await _levity.RunAsync("wait", "--for", "50ms", running);
        Assert.Equal((124, ""), (impatient.ExitCode, impatient.OutputText));
        Assert.Contains(running, impatient.ErrorText, StringComparison.Ordinal);
        var json = await _levity.RunAsync("wait", "-o", "jsonl", failed);
        Assert.Equal(7, JsonDocument.Parse(json.Output).RootElement.GetProperty("exitCode").GetInt32());
    }

    [Theory]
    [InlineData(Outage.Sigterm)]
    [InlineData(Outage.Kill9)]
    public async Task Who_waits_and_who_watches_hear_of_an_end_that_came_while_levityd_was_away(Outage how)
    {
        await using var server = await LevityServer.StartAsync();
        var levity = server.Cli();
        var stop = new Gate(server);
        await using var events = levity.Start("events", "-o", "jsonl", "--since", "1h");
        var id = await server.Client().ShellAsync($"{Gate.Wait}; exit 5", stop.FilePath);
        await events.Output.ContainsAsync($"\"id\":\"{id}\",\"state\":\"Running\"");
        var over = await levity.StartTaskAsync("true");
        await using var waiting = levity.Start("wait", "-o", "jsonl", over, id);
        await waiting.Output.ContainsAsync(over);

        await server.AwayAsync(how);
        stop.Open();
        await Eventually.TrueAsync(() => ProcessTable.OfTask(id).Count == 0, "the task's end");
        await server.RestartAsync();

        Assert.Equal(5, await waiting.ExitAsync());
        await events.Output.ContainsAsync($"\"id\":\"{id}\",\"state\":\"Finished\",\"exitCode\":5");
        Assert.Single(
            events.Output.Text.Split('\n'), line => line.Contains($"\"id\":\"{id}\",\"state\":\"Finished\"", StringComparison.Ordinal));
    }
}
