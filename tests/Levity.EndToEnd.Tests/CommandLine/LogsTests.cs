using Levity.EndToEnd.Tests.Fixtures;
using Levity.Protocol;

namespace Levity.EndToEnd.Tests.CommandLine;

/// <summary><c>levity logs</c>, of what is over and of what goes on.</summary>
public sealed class LogsTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private readonly LevityCommand _levity = shared.Server.Cli();
    private readonly TestClient _client = shared.Server.Client();

    [Fact]
    public async Task Stdout_goes_to_stdout_and_stderr_to_stderr()
    {
        var id = await _levity.StartTaskAsync("sh", "-c", "echo out; echo err >&2; printf last");
        await _client.EndAsync(id);

        var both = (await _levity.RunAsync("logs", id)).Successful();
        Assert.Equal(("out\nlast", "err\n"), (both.OutputText, both.ErrorText));

        var stdout = (await _levity.RunAsync("logs", "--stdout", id)).Successful();
        Assert.Equal(("out\nlast", ""), (stdout.OutputText, stdout.ErrorText));

        var stderr = (await _levity.RunAsync("logs", "--stderr", id)).Successful();
        Assert.Equal(("", "err\n"), (stderr.OutputText, stderr.ErrorText));
    }

    [Fact]
    public async Task Logs_of_a_running_task_end_at_the_present()
    {
        var id = await _levity.StartTaskAsync("sh", "-c", "echo so far; exec sleep 300");
        await _client.OutputAsync(id, "so far\n");

        Assert.Equal("so far\n", (await _levity.RunAsync("logs", id)).Successful().OutputText);
    }

    [Fact]
    public async Task Following_shows_what_is_written_when_it_is_written_and_ends_with_the_task()
    {
        var go = new Gate(shared.Server);
        var id = await _levity.StartTaskAsync(
            "sh", "-c", $"echo one; {Gate.Wait}; echo two; exit 3", "sh", go.FilePath);

        await using var logs = _levity.Start("logs", "-f", id);
        await logs.Output.ContainsAsync("one\n");
        Assert.Equal(TaskStatusCode.Running, (await _client.QueryAsync(id)).StatusCode);
        Assert.False(logs.HasExited);

        go.Open();
        Assert.Equal("one\ntwo\n", (await logs.ResultAsync()).Successful().OutputText);
    }

    [Fact]
    public async Task Following_a_task_that_is_over_ends_at_once_with_all_of_it()
    {
        var id = await _levity.StartTaskAsync("echo", "over");
        await _client.EndAsync(id);

        Assert.Equal("over\n", (await _levity.RunAsync("logs", "--follow", id)).Successful().OutputText);
    }

    [Fact]
    public async Task A_reader_that_has_enough_ends_the_following()
    {
        var id = await _levity.StartTaskAsync("yes");
        var command = new[] { "sh", "-c", "\"$@\" | head -n 1", "sh", PublishedPrograms.Levity, "logs", "-f", id };

        var result = (await RunningProgram.RunAsync(command, _levity.Environment)).Successful();

        Assert.Equal(("y\n", ""), (result.OutputText, result.ErrorText));
        await _client.SignalAsync(id);
    }
}
