using System.Collections.Concurrent;
using System.Globalization;
using Levity.EndToEnd.Tests.Fixtures;
using Levity.Protocol;

namespace Levity.EndToEnd.Tests.Endings;

/// <summary>Runs tasks that are over before anybody looks, many at once, each with its own ending and output.</summary>
internal static class ShortTasks
{
    private const int AtOnce = 32;

    public static async Task AllEndAsTheyShouldAsync(TestClient client, int count)
    {
        var wrong = new ConcurrentBag<string>();
        var token = TestContext.Current.CancellationToken;
        await Parallel.ForAsync(
            0,
            count,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = token },
            async (number, _) =>
            {
                var (script, expected) = CaseOf(number.ToString(CultureInfo.InvariantCulture), number % 5);
                if (await RunAsync(client, script) is var result && result != expected)
                {
                    wrong.Add($"{script}: {result}");
                }
            });

        Assert.True(wrong.IsEmpty, $"{wrong.Count} of {count} are wrong, such as {string.Join("; ", wrong.Take(5))}");
    }

    private static (string Script, Result Expected) CaseOf(string word, int kind) => kind switch
    {
        0 => ("exec true", new Result(0, null, "")),
        1 => ($"printf {word}", new Result(0, null, word)),
        2 => ($"printf {word}; exit 3", new Result(3, null, word)),
        3 => ($"sleep 0.03; printf {word}; exit 5", new Result(5, null, word)),
        _ => ("kill -9 $$", new Result(null, 9, "")),
    };

    private static async Task<Result> RunAsync(TestClient client, string script)
    {
        var id = await client.StartAsync(
            new StartTaskRequest { Binary = "sh", Args = { "-c", script }, WorkingDir = "/" });

        // A task that is stuck has no end of its log.
        var messages = await client.Follow(id).AllAsync();
        Assert.Equal(StreamLogsResponse.EventOneofCase.Sealed, messages[^1].EventCase);

        var end = await client.EndAsync(id);
        Assert.Equal(TaskStatusCode.Finished, end.StatusCode);
        return new Result(
            end.HasExitCode ? end.ExitCode : null, end.Ending.HasSignal ? end.Ending.Signal : null, messages.Text());
    }

    private sealed record Result(int? ExitCode, int? Signal, string Output);
}
