using System.Collections.Concurrent;
using Levity.EndToEnd.Tests.Fixtures;

namespace Levity.EndToEnd.Tests.Logs;

/// <summary>The last byte before the end is the one that gets lost elsewhere.</summary>
[Trait("Load", "heavy")]
public sealed class LastByteTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private const int AtOnce = 25;

    private readonly TestClient _client = shared.Server.Client();

    [Fact]
    public async Task It_reaches_followers_from_before_at_and_after_the_end()
    {
        for (var round = 0; round < 10; round++)
        {
            var go = new Gate(shared.Server);
            var ids = await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(
                _ => _client.ShellAsync($"printf a; {Gate.Wait}; printf x", go.FilePath)));
            var before = ids.Select(id => TextAsync(id)).ToList();
            await Eventually.TrueAsync(() => shared.Server.LogsBeingRead >= AtOnce, "all being followed");

            go.Open();
            var at = ids.Select(id => TextAsync(id)).ToList();
            var after = ids.Select(async id =>
            {
                await _client.EndAsync(id);
                return await TextAsync(id);
            }).ToList();

            Assert.All(await Task.WhenAll([.. before, .. at, .. after]), text => Assert.Equal("ax", text));
        }
    }

    [Fact]
    public async Task A_thousand_tasks_of_one_byte_are_followed_from_their_start()
    {
        var wrong = new ConcurrentBag<string>();
        await Parallel.ForAsync(
            0,
            1000,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = TestContext.Current.CancellationToken },
            async (_, _) =>
            {
                if (await TextAsync(await _client.StartAsync("printf", "x")) is not "x" and var text)
                {
                    wrong.Add(text);
                }
            });

        Assert.Empty(wrong);
    }

    private async Task<string> TextAsync(string id) => (await _client.Follow(id).AllAsync()).Text();
}
