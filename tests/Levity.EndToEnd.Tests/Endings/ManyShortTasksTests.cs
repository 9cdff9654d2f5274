using System.Collections.Concurrent;
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
    public async Task Each_of_5000_ends_with_its_own_code_signal_and_output()
    {
        var wrong = new ConcurrentBag<string>();
        await Parallel.ForAsync(
            0,
            Tasks,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = TestContext.Current.CancellationToken },
            async (number, _) =>
            {
                var (script, expected) = CaseOf(number.ToString(CultureInfo.InvariantCulture), number % 4);
                if (await RunAsync(script) is var result && result != expected)
                {
                    wrong.Add($"{script}: {result}");
                }
            });

        Assert.True(wrong.IsEmpty, $"{wrong.Count} of {Tasks} are wrong, such as {string.Join("; ", wrong.Take(5))}");
    }

    private static (string Script, Result Expected) CaseOf(string word, int kind) => kind switch
    {
        0 => ("exec true", new Result(0, null, "")),
        1 => ($"printf {word}", new Result(0, null, word)),
        2 => ($"printf {word}; exit 3", new Result(3, null, word)),
        _ => ("kill -9 $$", new Result(null, 9, "")),
    };

    private async Task<Result> RunAsync(string script)
    {
        var id = await _client.ShellAsync(script);

        // A task that is stuck has no end of its log.
        var messages = await _client.Follow(id).AllAsync();
        Assert.Equal(StreamLogsResponse.EventOneofCase.Sealed, messages[^1].EventCase);

        var end = await _client.EndAsync(id);
        Assert.Equal(TaskStatusCode.Finished, end.StatusCode);
        return new Result(
            end.HasExitCode ? end.ExitCode : null, end.Ending.HasSignal ? end.Ending.Signal : null, messages.Text());
    }

    private sealed record Result(int? ExitCode, int? Signal, string Output);
}
