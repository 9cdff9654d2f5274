using Levity.EndToEnd.Tests.Fixtures;
using Levity.Protocol;

namespace Levity.EndToEnd.Tests.Upgrade;

/// <summary>The supervisor is replaced while tasks run, write, are followed and are being stopped.</summary>
public sealed class UpgradeTests
{
    // Numbered lines to both streams until the gate opens. All of them together keep this machine busy.
    private const string Write = """
        i=0
        while [ ! -e "$1" ]; do
            seq $((i+1)) $((i+200)); seq $((i+1)) $((i+200)) >&2
            i=$((i+200)); sleep 0.1
        done
        exit $2
        """;

    [Fact]
    public async Task Tasks_that_write_at_speed_lose_no_line_and_end_as_they_do_otherwise()
    {
        await using var server = await LevityServer.StartAsync(new ServerSettings { Grace = "4s" });
        await AllGoOnAsync(server, tasks: 80);
    }

    [Fact]
    public async Task So_do_those_of_a_user_without_control_groups()
    {
        Assert.SkipWhen(await Unprivileged.ObstacleAsync() is not null, "there is no other user to be had here");
        await using var server = await LevityServer.StartAsync(
            new ServerSettings { Grace = "4s", UserId = Unprivileged.UserId });
        await AllGoOnAsync(server, tasks: 40);
        Assert.Contains("contained by session", server.Messages, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_is_told_and_nobody_notices()
    {
        await using var server = await LevityServer.StartAsync();
        var stop = new Gate(server);
        var id = await server.Client().ShellAsync(Write, stop.FilePath, "3");
        var supervisor = server.SupervisorPid;

        var refused = await server.UpgradeAsync("--program", PublishedPrograms.Levity);

        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("no levity-supervisor", refused.ErrorText, StringComparison.Ordinal);
        Assert.Equal(supervisor, server.SupervisorPid);
        stop.Open();
        await AssertWholeAsync(server, id, exitCode: 3);
    }

    [Fact]
    public async Task A_levityd_takes_over_the_supervisor_of_an_older_installation_and_has_it_replaced()
    {
        await using var server = await LevityServer.StartAsync();
        await server.SigtermAsync();
        await server.StopSupervisorAsync();

        // The older installation is in another place.
        var older = Path.Combine(server.Scratch, "levity-supervisor");
        File.Copy(PublishedPrograms.Supervisor, older);
        (await RunningProgram.RunAsync([older, "start", "--state-dir", server.StateDirectory])).Successful();
        await server.RestartAsync();
        Assert.Equal(older, ProgramOf(server.SupervisorPid));
        var stop = new Gate(server);
        var id = await server.Client().ShellAsync(Write, stop.FilePath, "3");

        // Its files are gone already, as after a package was installed.
        File.Delete(older);
        await server.Kill9Async();
        await server.RestartAsync();
        (await server.UpgradeAsync()).Successful();

        Assert.Equal(PublishedPrograms.Supervisor, ProgramOf(server.SupervisorPid));
        await server.Client().SuccessAsync(await server.Client().StartAsync("true"));
        stop.Open();
        await AssertWholeAsync(server, id, exitCode: 3);
    }

    // An eighth of them ends by a signal of its own, an eighth is being stopped and does not obey.
    private static async Task AllGoOnAsync(LevityServer server, int tasks)
    {
        var client = server.Client();
        var stop = new Gate(server);
        var writers = new List<string>();
        var stubborn = new List<string>();
        for (var i = 0; i < tasks; i++)
        {
            if (i % 8 == 0)
            {
                stubborn.Add(await ShellAsync(client, "trap '' TERM; echo 1; while :; do sleep 0.2; done", stop, 0));
            }
            else
            {
                writers.Add(await ShellAsync(
                    client, i % 8 == 1 ? Write.Replace("exit $2", "kill -9 $$", StringComparison.Ordinal) : Write, stop, i));
            }
        }

        await using var follower = server.Cli().Start("logs", "-f", writers[1]);
        await follower.Output.ContainsAsync("\n100\n");
        await client.OutputAsync(stubborn[^1], "1\n");
        foreach (var id in stubborn)
        {
            await client.SignalAsync(id);
        }

        var supervisor = server.SupervisorPid;
        (await server.UpgradeAsync()).Successful();

        Assert.Equal(supervisor, server.SupervisorPid);
        var seen = follower.Output.Bytes.Length;
        await Eventually.TrueAsync(() => follower.Output.Bytes.Length > seen + 1000, "more of the log");
        stop.Open();
        foreach (var (i, id) in writers.Index())
        {
            await AssertWholeAsync(server, id, i % 7 == 0 ? null : 8 * (i / 7) + i % 7 + 1);
        }

        AssertNumbered((await follower.ResultAsync()).Successful().OutputText);
        foreach (var id in stubborn)
        {
            var end = await client.EndAsync(id);
            Assert.Equal((TaskStatusCode.BrutallyKilled, "alice"), (end.StatusCode, end.Ending.StopRequestedBy));
            Assert.Empty(ProcessTable.OfTask(id));
        }
    }

    private static Task<string> ShellAsync(TestClient client, string script, Gate stop, int exitCode) =>
        client.StartAsync(new StartTaskRequest
        {
            Binary = "sh",
            Args = { "-c", script, "sh", stop.FilePath, $"{exitCode}" },
            WorkingDir = "/",
        });

    private static async Task AssertWholeAsync(LevityServer server, string id, int? exitCode)
    {
        var end = await server.Client().EndAsync(id);
        Assert.Equal(TaskStatusCode.Finished, end.StatusCode);
        Assert.Equal(exitCode, end.HasExitCode ? end.ExitCode : null);
        Assert.Equal(exitCode is null ? 9 : 0, end.Ending.HasSignal ? end.Ending.Signal : 0);
        var log = await server.Client().Follow(id).AllAsync();
        AssertNumbered(log.Text());
        AssertNumbered(log.Text(LogStream.Stderr));
        Assert.Equal(StreamLogsResponse.EventOneofCase.Sealed, log[^1].EventCase);
    }

    private static void AssertNumbered(string text)
    {
        var lines = text.TrimEnd('\n').Split('\n');
        Assert.Equal(Enumerable.Range(1, lines.Length).Select(n => $"{n}"), lines);
    }

    private static string? ProgramOf(int pid) => new FileInfo($"/proc/{pid}/exe").LinkTarget;
}
