using System.Text;
using Levity.EndToEnd.Tests.Fixtures;
using Levity.Protocol;

namespace Levity.EndToEnd.Tests.Survival;

/// <summary>
/// The wall clock is put forward and back by an hour under levityd and its supervisor: what takes time takes its time.
/// libfaketime shows the programs, native ones too, another wall clock; the monotonic one goes on, as it does on a machine.
/// </summary>
public sealed class ClockJumpTests
{
    // levityd starts its supervisor with a clean environment, and so without the library. This one is there before.
    private const string SupervisorFirst =
        "state=$(dirname \"$0\")/state; mkdir -m 700 \"$state\"; "
        + "setsid \"$1\" serve --state-dir \"$state\" </dev/null >/dev/null 2>\"$state/supervisor.log\" & "
        + "while [ ! -S \"$(dirname \"$0\")/state/supervisor.sock\" ]; do sleep 0.05; done; shift; exec \"$@\"";

    private const string AnHourAhead = "+3600";
    private const string AnHourBack = "-3600";

    private static readonly string? Library = Directory.Exists("/usr/lib")
        ? Directory.EnumerateDirectories("/usr/lib").Select(path => Path.Combine(path, "faketime", "libfaketimeMT.so.1"))
            .FirstOrDefault(File.Exists)
        : null;

    [Fact]
    public async Task A_grace_is_not_over_because_the_clock_was_put_forward()
    {
        await using var clock = await StartAsync(grace: "25s");
        var (server, client) = (clock.Server, clock.Server.Client());
        var go = new Gate(server);
        var id = await client.ShellAsync(
            $"trap 'echo asked; {Gate.Wait}; exit 3' TERM; echo ready; while :; do sleep 0.02; done", go.FilePath);
        await client.OutputAsync(id, "ready\n");

        await client.SignalAsync(id);
        await client.OutputAsync(id, "asked\n");
        clock.Set(AnHourAhead);

        // Whoever would kill by the wall clock has done it when an hour shows in another task's log.
        await clock.ShowsAsync(ahead: true);
        Assert.Equal(TaskStatusCode.Signalled, (await client.QueryAsync(id)).StatusCode);
        go.Open();
        var end = await client.EndAsync(id);
        Assert.Equal((TaskStatusCode.Finished, 3), (end.StatusCode, end.ExitCode));
    }

    [Fact]
    public async Task A_grace_comes_to_its_end_although_the_clock_was_put_back()
    {
        await using var clock = await StartAsync(grace: "3s");
        var client = clock.Server.Client();
        var id = await client.ShellAsync("trap '' TERM; echo ready; while :; do sleep 0.02; done");
        await client.OutputAsync(id, "ready\n");

        await client.SignalAsync(id);
        clock.Set(AnHourBack);

        Assert.Equal(TaskStatusCode.BrutallyKilled, (await client.EndAsync(id)).StatusCode);
        await clock.ShowsAsync(ahead: false);
    }

    [Theory]
    [InlineData(AnHourAhead)]
    [InlineData(AnHourBack)]
    public async Task Who_follows_goes_on_following(string jump)
    {
        await using var clock = await StartAsync(grace: "5s");
        var client = clock.Server.Client();
        var go = new Gate(clock.Server);
        var id = await client.ShellAsync($"echo before; {Gate.Wait}; echo after", go.FilePath);
        await using var levity = clock.Server.Cli().Start("logs", "-f", id);
        await levity.Output.ContainsAsync("before\n");
        using var follower = client.Follow(id);
        await follower.NextAsync();

        clock.Set(jump);
        await clock.ShowsAsync(ahead: jump == AnHourAhead);
        go.Open();

        Assert.Equal("after\n", (await follower.NextAsync()).Chunk.Data.ToStringUtf8());
        Assert.Equal(StreamLogsResponse.EventOneofCase.Sealed, (await follower.NextAsync()).EventCase);
        var result = (await levity.ResultAsync()).Successful();
        Assert.Equal(("before\nafter\n", ""), (result.OutputText, result.ErrorText));
    }

    private static async Task<JumpingClock> StartAsync(string grace)
    {
        Assert.SkipWhen(Library is null, "there is no libfaketime: apt-get install libfaketime");
        var file = Path.Combine(Path.GetTempPath(), $"lv-clock-{Guid.NewGuid()}");
        await File.WriteAllBytesAsync(file, "+0"u8.ToArray(), TestContext.Current.CancellationToken);
        var server = await LevityServer.StartAsync(new ServerSettings
        {
            Grace = grace,
            Launcher = scratch => ["sh", "-c", SupervisorFirst, scratch, PublishedPrograms.Supervisor],
            Environment = new Dictionary<string, string>
            {
                ["LD_PRELOAD"] = Library,
                ["FAKETIME_TIMESTAMP_FILE"] = file,
                ["FAKETIME_NO_CACHE"] = "1",
                ["DONT_FAKE_MONOTONIC"] = "1",
            },
        });
        return new JumpingClock(server, file);
    }

    private sealed class JumpingClock(LevityServer server, string file) : IAsyncDisposable
    {
        private static readonly TimeSpan Most = TimeSpan.FromMinutes(50);

        public LevityServer Server => server;

        // In one step: who reads it meanwhile sees the old or the new one.
        public void Set(string offset)
        {
            File.WriteAllBytes($"{file}.new", Encoding.ASCII.GetBytes(offset));
            File.Move($"{file}.new", file, overwrite: true);
        }

        /// <summary>The supervisor, which stamps what tasks write, sees the jump.</summary>
        public async Task ShowsAsync(bool ahead)
        {
            var client = server.Client();
            var log = await client.Follow(await client.StartAsync("echo", "now")).AllAsync();
            var shown = log[0].Chunk.Time.ToDateTimeOffset() - TimeProvider.System.GetUtcNow();
            Assert.True(ahead ? shown > Most : shown < -Most, $"the clock is off by {shown} only");
        }

        public async ValueTask DisposeAsync()
        {
            await server.DisposeAsync();
            File.Delete(file);
        }
    }
}
