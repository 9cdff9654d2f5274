using System.Globalization;
using Levity.EndToEnd.Tests.Fixtures;
using Levity.Protocol;

namespace Levity.EndToEnd.Tests.Endings;

/// <summary>Tasks that are over before anybody looks.</summary>
[Trait("Load", "heavy")]
public sealed class ManyShortTasksTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private const int Tasks = 5_000;
    private const int AtOnce = 32;

    private readonly TestClient _client = shared.Server.Client();

    [Fact]
    public async Task Each_of_5000_ends_with_its_own_code_signal_and_output() => await Parallel.ForAsync(
        0,
        Tasks,
        new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = TestContext.Current.CancellationToken },
        async (number, _) =>
        {
            var task = CaseOf(number.ToString(CultureInfo.InvariantCulture), number % 4);
            var id = await _client.ShellAsync(task.Script);

            // A task that is stuck has no end of its log.
            var messages = await _client.Follow(id).AllAsync();
            var end = await _client.EndAsync(id);

            Assert.Equal(task.Output, messages.Text());
            Assert.Equal(StreamLogsResponse.EventOneofCase.Sealed, messages[^1].EventCase);
            Assert.Equal(TaskStatusCode.Finished, end.StatusCode);
            Assert.Equal(task.ExitCode, end.HasExitCode ? end.ExitCode : null);
            Assert.Equal(task.Signal, end.Ending.HasSignal ? end.Ending.Signal : null);
        });

    private static Case CaseOf(string word, int kind) => kind switch
    {
        0 => new("exec true", 0, null, ""),
        1 => new($"printf {word}", 0, null, word),
        2 => new($"printf {word}; exit 3", 3, null, word),
        _ => new("kill -9 $$", null, 9, ""),
    };

    private sealed record Case(string Script, int? ExitCode, int? Signal, string Output);
}
