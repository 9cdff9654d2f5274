using Levity.EndToEnd.Tests.Fixtures;

namespace Levity.EndToEnd.Tests.CommandLine;

/// <summary><c>levity rm</c>: says nothing, unless something stays.</summary>
public sealed class RemoveTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private readonly LevityCommand _levity = shared.Server.Cli();
    private readonly TestClient _client = shared.Server.Client();

    [Fact]
    public async Task Tasks_that_are_over_are_removed_and_one_that_runs_is_told_with_its_state()
    {
        var first = await _levity.StartTaskAsync("true");
        var running = await _levity.StartTaskAsync("sleep", "300");
        var last = await _levity.StartTaskAsync("true");
        await _client.EndAsync(first);
        await _client.EndAsync(last);

        var result = await _levity.RunAsync("rm", first, running, last);

        Assert.Equal(("", 125), (result.OutputText, result.ExitCode));
        var line = Assert.Single(result.ErrorText.TrimEnd('\n').Split('\n'));
        Assert.StartsWith($"levity: task {running} is Running: ", line, StringComparison.Ordinal);
        foreach (var id in new[] { first, last })
        {
            Assert.Equal($"levity: no such task: {id}\n", (await _levity.RunAsync("query", id)).ErrorText);
        }

        var forced = (await _levity.RunAsync("rm", "--force", running)).Successful();

        Assert.Equal(("", ""), (forced.OutputText, forced.ErrorText));
        Assert.Empty(ProcessTable.OfTask(running));
        Assert.DoesNotContain(running, shared.Server.LogIds);
    }

    [Fact]
    public async Task Who_follows_a_task_that_is_removed_comes_to_an_end()
    {
        var id = await _levity.StartTaskAsync("sh", "-c", "echo hello; exec sleep 300");
        await using var follower = _levity.Start("logs", "-f", id);
        await Eventually.CompletesAsync(
            follower.Output.WhenAsync(text => text.Contains("hello\n", StringComparison.Ordinal) ? text : null),
            "the first line");

        (await _levity.RunAsync("rm", "-f", id)).Successful();

        Assert.Contains(await follower.ExitAsync(), (int[])[0, 125]);
        Assert.DoesNotContain("unexpected", follower.Error.Text, StringComparison.Ordinal);
    }
}
