using Levity.EndToEnd.Tests.Fixtures;

namespace Levity.EndToEnd.Tests.CommandLine;

/// <summary><c>levity query</c>: one line, or two.</summary>
public sealed class QueryTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private readonly LevityCommand _levity = shared.Server.Cli();
    private readonly TestClient _client = shared.Server.Client();

    [Theory]
    [InlineData("exit 0", "Finished\n0\n")]
    [InlineData("exit 7", "Finished\n7\n")]
    [InlineData("exit 137", "Finished\n137\n")]
    [InlineData("exit 255", "Finished\n255\n")]
    public async Task An_exit_is_told_with_its_code(string script, string expected)
    {
        var id = await _levity.StartTaskAsync("sh", "-c", script);
        await _client.EndAsync(id);

        var result = (await _levity.RunAsync("query", id)).Successful();

        Assert.Equal(expected, result.OutputText);
        Assert.Equal("", result.ErrorText);
    }

    [Fact]
    public async Task A_death_by_a_signal_has_no_exit_code()
    {
        var id = await _levity.StartTaskAsync("sh", "-c", "kill -9 $$");
        await _client.EndAsync(id);

        var result = (await _levity.RunAsync("query", id)).Successful();

        Assert.Equal("Finished\n", result.OutputText);
        Assert.Contains("SIGKILL", result.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_running_task_is_Running()
    {
        var id = await _levity.StartTaskAsync("sleep", "300");

        Assert.Equal("Running\n", (await _levity.RunAsync("query", id)).Successful().OutputText);
    }

    [Fact]
    public async Task A_task_that_was_asked_to_stop_is_Signalled_until_it_has()
    {
        var release = new Gate(shared.Server);
        var id = await _levity.StartTaskAsync(
            "sh", "-c", $"trap '' TERM; echo ready; {Gate.Wait}", "sh", release.FilePath);
        await _client.OutputAsync(id, "ready\n");

        var signal = (await _levity.RunAsync("signal", id)).Successful();
        Assert.Equal(("", ""), (signal.OutputText, signal.ErrorText));
        Assert.Equal("Signalled\n", (await _levity.RunAsync("query", id)).Successful().OutputText);

        release.Open();
        await _client.EndAsync(id);
        Assert.Equal("Finished\n0\n", (await _levity.RunAsync("query", id)).Successful().OutputText);
    }

    [Fact]
    public async Task Signal_stops_a_task_and_may_be_repeated()
    {
        var id = await _levity.StartTaskAsync("sleep", "300");

        (await _levity.RunAsync("signal", id)).Successful();
        await _client.EndAsync(id);
        (await _levity.RunAsync("signal", id)).Successful();

        Assert.Equal("Finished\n", (await _levity.RunAsync("query", id)).Successful().OutputText);
    }
}
