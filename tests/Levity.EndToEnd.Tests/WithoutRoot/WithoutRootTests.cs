using Grpc.Core;
using Levity.EndToEnd.Tests.Endings;
using Levity.EndToEnd.Tests.Fixtures;
using Levity.Protocol;

namespace Levity.EndToEnd.Tests.WithoutRoot;

/// <summary>
/// levityd for a user who may do nothing special. There are no control groups for that user then, and tasks are kept
/// together by their sessions.
/// </summary>
public sealed class WithoutRootTests
{
    [Fact]
    public async Task The_main_job_is_done_through_levity()
    {
        await using var server = await StartAsync();
        var levity = server.Cli();

        var id = await levity.StartTaskAsync("-d", "/", "--", "sh", "-c", "id -u; echo err >&2; exit 7");
        var log = (await levity.RunAsync("logs", "-f", id)).Successful();
        await server.Client().EndAsync(id);

        Assert.Equal(($"{Unprivileged.UserId}\n", "err\n"), (log.OutputText, log.ErrorText));
        Assert.Equal("Finished\n7\n", (await levity.RunAsync("query", id)).Successful().OutputText);

        var sleeper = await levity.StartTaskAsync("-d", "/", "sleep", "300");
        (await levity.RunAsync("signal", sleeper)).Successful();
        Assert.Equal(TaskStatusCode.Finished, (await server.Client().EndAsync(sleeper)).StatusCode);
        Assert.Contains("contained by session", server.Messages, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Grandchildren_and_daemons_die_with_their_task()
    {
        await using var server = await StartAsync();
        var client = server.Client();

        var grandchild = await ShellAsync(client, "setsid sleep 300 & echo hi; exit 7");
        Assert.Equal(7, (await client.EndAsync(grandchild)).ExitCode);
        Assert.Equal("hi\n", (await client.FetchAsync(grandchild)).Stdout.ToStringUtf8());
        Assert.Empty(ProcessTable.OfTask(grandchild));

        var daemon = await ShellAsync(
            client, "(setsid sh -c 'trap \"\" TERM; echo ready; exec sleep 300' &); exec sleep 300");
        await client.OutputAsync(daemon, "ready\n");
        await client.SignalAsync(daemon);
        Assert.Equal(TaskStatusCode.Finished, (await client.EndAsync(daemon)).StatusCode);
        Assert.Empty(ProcessTable.OfTask(daemon));
    }

    [Fact]
    public async Task Each_of_500_short_tasks_ends_with_its_own_code_signal_and_output()
    {
        await using var server = await StartAsync();

        await ShortTasks.AllEndAsTheyShouldAsync(server.Client(), 500);
    }

    [Fact]
    public async Task Tasks_outlive_levityd_and_die_with_their_supervisor()
    {
        await using var server = await StartAsync();
        var id = await ShellAsync(server.Client(), "(setsid sh -c 'echo ready; exec sleep 300' &); exec sleep 300");
        await server.Client().OutputAsync(id, "ready\n");

        await server.Kill9Async();
        await server.RestartAsync();
        Assert.Equal(TaskStatusCode.Running, (await server.Client().QueryAsync(id)).StatusCode);

        await Signals.SendAsync("KILL", server.SupervisorPid);
        Assert.Equal(TaskStatusCode.Lost, (await server.Client().EndAsync(id)).StatusCode);
        Assert.Empty(ProcessTable.OfTask(id));
    }

    [Fact]
    public async Task A_file_of_roots_cannot_be_executed()
    {
        await using var server = await StartAsync();
        var mine = Path.Combine(server.Scratch, "roots");
        await File.WriteAllBytesAsync(mine, "#!/bin/sh\n"u8.ToArray(), TestContext.Current.CancellationToken);
        File.SetUnixFileMode(mine, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var request = new StartTaskRequest { Binary = mine, WorkingDir = "/" };

        var refusal = await Assert.ThrowsAsync<RpcException>(() => server.Client().StartAsync(request));

        Assert.Equal(StatusCode.FailedPrecondition, refusal.StatusCode);
        Assert.Contains("EACCES", refusal.Status.Detail, StringComparison.Ordinal);
    }

    private static async Task<LevityServer> StartAsync()
    {
        var obstacle = await Unprivileged.ObstacleAsync();
        Assert.SkipWhen(obstacle is not null, obstacle ?? "");
        return await LevityServer.StartAsync(new ServerSettings { UserId = Unprivileged.UserId });
    }

    // "nobody" has no home to run tasks in.
    private static Task<string> ShellAsync(TestClient client, string script) =>
        client.StartAsync(new StartTaskRequest { Binary = "sh", Args = { "-c", script }, WorkingDir = "/" });
}
