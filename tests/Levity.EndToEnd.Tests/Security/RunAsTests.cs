using System.Text.Json;
using Grpc.Core;
using Levity.EndToEnd.Tests.Endings;
using Levity.EndToEnd.Tests.Fixtures;
using Levity.Protocol;

namespace Levity.EndToEnd.Tests.Security;

/// <summary>Tasks of a levityd that is root and runs them as somebody who is not.</summary>
public sealed class RunAsTests(OtherUserServer other) : IClassFixture<OtherUserServer>
{
    private readonly LevityServer _server = other.Server;
    private readonly TestClient _client = other.Server.Client();

    [Fact]
    public async Task A_task_is_its_account_and_nothing_else()
    {
        Assert.Equal(
            "65534 65534 65534\nnobody nobody /nonexistent /\n",
            await OutputAsync("id -u; id -g; id -G; echo $USER $LOGNAME $HOME $(pwd)", join: 3));

        var status = (await OutputAsync("cat /proc/self/status")).Split('\n');
        Assert.Contains("NoNewPrivs:\t1", status);
        Assert.All(
            status.Where(line => line.StartsWith("Cap", StringComparison.Ordinal)),
            line => Assert.EndsWith(":\t0000000000000000", line, StringComparison.Ordinal));
        Assert.Equal("0\n1\n2\n", await OutputAsync("ls /proc/$$/fd"));
    }

    [Fact]
    public async Task Each_user_has_the_account_that_is_theirs_by_the_name_in_their_certificate()
    {
        var bob = _server.Client(_server.Certificates.Bob);

        var id = await bob.StartAsync("id", "-un");

        await bob.SuccessAsync(id);
        Assert.Equal("daemon\n", (await bob.FetchAsync(id)).Stdout.ToStringUtf8());
        Assert.Equal("daemon", (await bob.QueryAsync(id)).Account);
    }

    [Fact]
    public async Task The_account_is_told_by_inspect()
    {
        var id = await _client.StartAsync("true");
        await _client.SuccessAsync(id);

        var text = (await _server.Cli().RunAsync("inspect", id)).Successful().OutputText;
        var json = (await _server.Cli().RunAsync("inspect", "-o", "json", id)).Successful().OutputText;

        Assert.Matches("(?m)^account: +nobody$", text);
        using var task = JsonDocument.Parse(json);
        Assert.Equal("nobody", task.RootElement.GetProperty("account").GetString());
    }

    [Fact]
    public async Task What_levityd_and_the_supervisor_have_is_out_of_a_tasks_reach()
    {
        var state = _server.StateDirectory;
        var log = Directory.EnumerateFiles(Path.Combine(state, "logs"), "*", SearchOption.AllDirectories).FirstOrDefault();
        foreach (var pid in (int[])[_server.Pid, _server.SupervisorPid])
        {
            await AssertDeniedAsync($"kill -0 {pid}");
            await AssertDeniedAsync($"kill -9 {pid}");
            await AssertDeniedAsync($"cat /proc/{pid}/environ");
            await AssertDeniedAsync($"head -c 1 /proc/{pid}/mem");
            await AssertDeniedAsync($"ls /proc/{pid}/fd/");
            await AssertDeniedAsync($"ls /proc/{pid}/cwd/");
        }

        await AssertDeniedAsync($"ls {state}");
        await AssertDeniedAsync($"cat {log ?? state + "/registry.db"}");
        await AssertDeniedAsync($"cat {_server.Certificates.Server.KeyFile}");
        await AssertDeniedAsync($"mv {state}/supervisor.sock {state}/mine");
        await AssertDeniedAsync($"touch {state}/mine");
        await AssertDeniedAsync(
            $"perl -MIO::Socket::UNIX -e 'IO::Socket::UNIX->new(Peer => \"{state}/supervisor.sock\") or die \"$!\\n\"'");
        Assert.True(_server.IsRunning);
    }

    // As root, and as nobody without Levity, each of these does what it says.
    [Fact]
    public async Task A_program_with_the_set_uid_bit_gives_a_task_nothing()
    {
        var directory = Directory.CreateTempSubdirectory("levity-");
        File.SetUnixFileMode(directory.FullName, (UnixFileMode)0b111_101_101);
        try
        {
            var id = Path.Combine(directory.FullName, "id");
            File.Copy("/usr/bin/id", id);
            File.SetUnixFileMode(id, (UnixFileMode)0b100_111_101_101);
            var user = $"{Unprivileged.UserId}";
            var without = await RunningProgram.RunAsync(["setpriv", "--reuid", user, "--clear-groups", id, "-u"]);
            Assert.SkipUnless(without.OutputText == "0\n", "the temporary directory's file system has no set-uid programs");

            Assert.Equal("65534\n", await OutputAsync($"{id} -u"));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Its_streams_can_be_opened_by_their_names()
    {
        var id = await _client.ShellAsync("echo out > /dev/stdout; echo err > /dev/stderr");

        await _client.SuccessAsync(id);
        var log = await _client.FetchAsync(id);
        Assert.Equal(("out\n", "err\n"), (log.Stdout.ToStringUtf8(), log.Stderr.ToStringUtf8()));
    }

    [Fact]
    public async Task What_the_account_may_not_execute_or_enter_is_refused_whether_it_is_there_or_not()
    {
        var there = await RefusalAsync(new StartTaskRequest { Binary = _server.Certificates.Server.KeyFile });
        var missing = await RefusalAsync(new StartTaskRequest { Binary = $"{_server.Certificates.Server.KeyFile}.no" });
        var directory = await RefusalAsync(new StartTaskRequest { Binary = "true", WorkingDir = _server.StateDirectory });
        var nowhere = await RefusalAsync(new StartTaskRequest { Binary = "no-such-command" });

        Assert.Contains("EACCES", there, StringComparison.Ordinal);
        Assert.Equal(there.Replace(".key'", ".key.no'", StringComparison.Ordinal), missing);
        Assert.StartsWith("working_dir: ", directory, StringComparison.Ordinal);
        Assert.Contains("EACCES", directory, StringComparison.Ordinal);
        Assert.Contains("ENOENT", nowhere, StringComparison.Ordinal);
    }

    [Fact]
    public Task Each_of_200_short_tasks_ends_with_its_own_code_signal_and_output() =>
        ShortTasks.AllEndAsTheyShouldAsync(_client, 200);

    [Fact]
    public async Task A_daemon_dies_with_its_task()
    {
        var id = await _client.ShellAsync("(setsid sh -c 'trap \"\" TERM; echo ready; exec sleep 300' &); exec sleep 300");
        await _client.OutputAsync(id, "ready\n");

        await _client.SignalAsync(id);

        Assert.Equal(TaskStatusCode.Finished, (await _client.EndAsync(id)).StatusCode);
        Assert.Empty(ProcessTable.OfTask(id));
    }

    [Fact]
    public async Task Tasks_outlive_levityd_and_die_with_their_supervisor()
    {
        await using var server = await LevityServer.StartAsync(OtherUserServer.Settings);
        var id = await server.Client().ShellAsync("(setsid sh -c 'echo ready; exec sleep 300' &); exec sleep 300");
        await server.Client().OutputAsync(id, "ready\n");

        await server.Kill9Async();
        await server.RestartAsync();
        var task = await server.Client().QueryAsync(id);
        Assert.Equal((TaskStatusCode.Running, "nobody"), (task.StatusCode, task.Account));

        await Signals.SendAsync("KILL", server.SupervisorPid);
        Assert.Equal(TaskStatusCode.Lost, (await server.Client().EndAsync(id)).StatusCode);
        Assert.Empty(ProcessTable.OfTask(id));
    }

    private async Task AssertDeniedAsync(string script)
    {
        var id = await _client.ShellAsync($"LC_ALL=C {script} 2>&1");

        var end = await _client.EndAsync(id);
        var said = (await _client.FetchAsync(id)).Stdout.ToStringUtf8();
        Assert.True(end is { HasExitCode: true, ExitCode: not 0 }, $"{script}: {end}; {said}");
        Assert.Matches("Permission denied|[Nn]ot permitted", said);
    }

    private async Task<string> RefusalAsync(StartTaskRequest request)
    {
        var refusal = await Assert.ThrowsAsync<RpcException>(() => _client.StartAsync(request));
        Assert.Equal(StatusCode.FailedPrecondition, refusal.StatusCode);
        return refusal.Status.Detail;
    }

    private async Task<string> OutputAsync(string script, int join = 0)
    {
        var id = await _client.ShellAsync(script);
        await _client.SuccessAsync(id);
        var lines = (await _client.FetchAsync(id)).Stdout.ToStringUtf8().Split('\n');
        return join == 0 ? string.Join('\n', lines) : string.Join('\n', [string.Join(' ', lines[..join]), .. lines[join..]]);
    }
}
