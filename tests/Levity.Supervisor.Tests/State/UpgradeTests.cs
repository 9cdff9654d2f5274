using Levity.Protocol;
using Levity.Protocol.Supervisor;
using Levity.Supervisor.State;
using Levity.Supervisor.Tests.Fixtures;

namespace Levity.Supervisor.Tests.State;

/// <summary>The supervisor executes another program in its place, while its children live.</summary>
public sealed class UpgradeTests : IAsyncLifetime
{
    private SupervisorUnderTest _supervisor = null!;

    public async ValueTask InitializeAsync() => _supervisor = await SupervisorUnderTest.StartAsync();

    public ValueTask DisposeAsync() => _supervisor.DisposeAsync();

    [Fact]
    public async Task The_process_its_children_and_its_endings_stay()
    {
        var (live, ended) = (TaskId.New(), TaskId.New());
        var before = await _supervisor.HelloAsync();
        var child = (await before.StartAsync(SupervisorUnderTest.Command(live, "sleep", "300"))).ChildStarted;
        await before.StartAsync(SupervisorUnderTest.Command(ended, "sh", "-c", "exit 5"));
        await before.NextEndingAsync();

        await UpgradeAsync();
        await before.Closed;
        await before.DisposeAsync();

        await using var after = await _supervisor.HelloAsync();
        Assert.Equal(before.Welcome.Pid, after.Welcome.Pid);
        Assert.Equal(before.Welcome.Containment, after.Welcome.Containment);
        Assert.Equal(
            new LiveChild { TaskId = live.ToString(), Pid = child.Pid, StartedAtUnixNs = child.StartedAtUnixNs },
            Assert.Single(after.Welcome.Live));
        Assert.Equal((ended.ToString(), 5), (after.Welcome.Ended[0].TaskId, after.Welcome.Ended[0].ExitCode));

        await StopAsync(after, live, graceMs: 30_000);
        Assert.Equal(15, (await after.NextEndingAsync()).Signal);
    }

    [Fact]
    public async Task A_child_whose_grace_had_begun_before_is_killed_when_that_is_over()
    {
        var task = TaskId.New();
        await using (var before = await _supervisor.HelloAsync())
        {
            await before.StartAsync(SupervisorUnderTest.Command(
                task, "sh", "-c", "trap '' TERM; echo ready; while :; do sleep 0.05; done"));
            await WatchAsync(before, task);
            await before.NextEventAsync();
            await StopAsync(before, task, graceMs: 1500);
        }

        await UpgradeAsync();

        await using var after = await _supervisor.HelloAsync();
        Assert.True(Assert.Single(after.Welcome.Live).Stopping);
        var ending = await after.NextEndingAsync();
        Assert.Equal((9, true, "alice"), (ending.Signal, ending.GraceExpired, ending.StopRequestedBy));
        Assert.True(ending.ProcessesKilled >= 1);
    }

    [Fact]
    public async Task Children_that_leave_the_nursery_at_that_moment_end_with_their_own_codes()
    {
        var codes = new Dictionary<string, int>();
        await using (var before = await _supervisor.HelloAsync())
        {
            for (var i = 0; i < 100; i++)
            {
                var task = TaskId.New();
                codes[task.ToString()] = i;
                await before.StartAsync(SupervisorUnderTest.Command(task, "sh", "-c", $"sleep 0.{i:00}; exit {i}"));
            }
        }

        await UpgradeAsync();

        await using var after = await _supervisor.HelloAsync();
        var endings = after.Welcome.Ended.ToList();
        while (endings.Count < codes.Count)
        {
            endings.Add(await after.NextEndingAsync());
        }

        Assert.All(endings, ending => Assert.True(
            ending.HasExitCode && codes.Remove(ending.TaskId, out var code) && code == ending.ExitCode, $"{ending}"));
    }

    [Fact]
    public async Task What_a_child_has_left_behind_is_killed_and_counted_afterwards_too()
    {
        var (task, gate) = (TaskId.New(), Path.Combine(_supervisor.StateDirectory, "gate"));
        await using (var before = await _supervisor.HelloAsync())
        {
            await before.StartAsync(SupervisorUnderTest.Command(
                task, "sh", "-c", $"setsid sleep 300 & while [ ! -e {gate} ]; do sleep 0.02; done; exit 7"));
        }

        await UpgradeAsync();
        await using var after = await _supervisor.HelloAsync();
        File.Create(gate).Dispose();

        var ending = await after.NextEndingAsync();
        Assert.Equal((7, 1), (ending.ExitCode, ending.ProcessesKilled));
    }

    [Fact]
    public async Task Twenty_in_a_row_lose_nothing()
    {
        var (task, gate) = (TaskId.New(), Path.Combine(_supervisor.StateDirectory, "gate"));
        await using (var before = await _supervisor.HelloAsync())
        {
            await before.StartAsync(SupervisorUnderTest.Command(
                task, "sh", "-c", $"i=0; while [ ! -e {gate} ]; do i=$((i+1)); echo $i; echo $i >&2; done; exit 3"));
        }

        for (var round = 0; round < 20; round++)
        {
            await UpgradeAsync();
        }

        await using var after = await _supervisor.HelloAsync();
        File.Create(gate).Dispose();
        Assert.Equal(3, (await after.NextEndingAsync()).ExitCode);
        foreach (var stream in new[] { Logs.LogStream.Stdout, Logs.LogStream.Stderr })
        {
            var lines = _supervisor.ReadLog(task, stream).TrimEnd('\n').Split('\n');
            Assert.Equal(Enumerable.Range(1, lines.Length).Select(n => $"{n}"), lines);
        }

        // Nothing is left open from one to the next.
        Assert.Equal(after.Welcome.Pid, after.Welcome.Pid);
        Assert.InRange(Directory.GetFiles($"/proc/{after.Welcome.Pid}/fd").Length, 1, 40);
    }

    [Fact]
    public async Task A_program_that_is_killed_as_soon_as_it_is_executed_loses_the_tasks_and_nothing_else()
    {
        var task = TaskId.New();
        int pid;
        await using (var before = await _supervisor.HelloAsync())
        {
            pid = (await before.StartAsync(SupervisorUnderTest.Command(task, "sleep", "300"))).ChildStarted.Pid;
        }

        var (exitCode, error) = await _supervisor.RunAsync(
            "upgrade", "--program", Script($"case $1 in version) exec {SupervisorUnderTest.Program} version;; *) kill -9 $$;; esac"));
        Assert.Equal(1, exitCode);
        Assert.Contains("did not answer", error, StringComparison.Ordinal);

        await _supervisor.RestartAsync();
        Assert.False(Directory.Exists($"/proc/{pid}") && !File.ReadAllText($"/proc/{pid}/stat").Contains(") Z "));
        await using var after = await _supervisor.HelloAsync();
        Assert.Empty(after.Welcome.Live);
    }

    [Theory]
    [InlineData("exit 0", "''")]
    [InlineData("echo hello; exit 0", "hello")]
    [InlineData("exec yes", "y")]
    [InlineData("exec yes | head -c 100000", "too much")]
    [InlineData("printf 'version 9\\nprotocol 1 1\\nstate 2 9\\n'", "state")]
    [InlineData("printf 'version 9\\nprotocol 1 1\\nstate 9 2\\n'", "levity-supervisor")]
    [InlineData("printf 'version 9\\nprotocol 1 1\\n'", "levity-supervisor")]
    [InlineData("printf 'version 9\\nprotocol 7 9\\nstate 1 1\\n'", "control protocol")]
    public async Task A_program_that_does_not_fit_is_refused_and_nothing_has_changed(string script, string reason) =>
        await RefusedAsync(Script(script), reason);

    [Fact]
    public async Task A_program_that_is_not_there_or_cannot_be_executed_is_refused()
    {
        await RefusedAsync("/no/such/program", "/no/such/program");
        await RefusedAsync("/etc/passwd", "/etc/passwd");
        await RefusedAsync("/bin/true", "/bin/true");
    }

    [Fact]
    public async Task When_the_exec_itself_fails_the_old_program_goes_on()
    {
        // It says the right thing, and is gone when it is to be executed.
        await RefusedAsync(Script($"rm \"$0\"; exec {SupervisorUnderTest.Program} version"), "cannot be executed");
    }

    [Theory]
    [InlineData("")]
    [InlineData("levity-supervisor")]
    [InlineData("/bin/\0true")]
    public async Task A_request_with_a_bad_path_is_refused(string program)
    {
        await using var client = await _supervisor.HelloAsync();
        var reply = await client.AskAsync(
            new Request { Upgrade = new Upgrade { Program = program, Version = ProgramVersions.Own } });
        Assert.Equal(Failure.Types.Kind.Command, reply.Failure.Kind);
        Assert.Contains("absolute path", reply.Failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_that_does_not_say_what_the_program_speaks_is_refused()
    {
        await using var client = await _supervisor.HelloAsync();
        var reply = await client.AskAsync(
            new Request { Upgrade = new Upgrade { Program = SupervisorUnderTest.Program } });
        Assert.Equal(Failure.Types.Kind.Version, reply.Failure.Kind);
    }

    // The child, its connection and the next start must not notice.
    private async Task RefusedAsync(string program, string reason)
    {
        var task = TaskId.New();
        await using var client = await _supervisor.HelloAsync();
        var child = (await client.StartAsync(SupervisorUnderTest.Command(
            task, "sh", "-c", "i=0; while :; do i=$((i+1)); echo $i; sleep 0.01; done"))).ChildStarted;

        var (exitCode, error) = await _supervisor.RunAsync("upgrade", "--program", program);

        Assert.Equal(1, exitCode);
        Assert.Contains(reason, error, StringComparison.Ordinal);
        await using var after = await _supervisor.HelloAsync();
        Assert.Equal(client.Welcome.Pid, after.Welcome.Pid);
        Assert.Equal(child.Pid, after.Welcome.Live.Single(live => live.TaskId == task.ToString()).Pid);
        await WatchAsync(after, task);
        Assert.NotNull((await after.NextEventAsync()).LogGrown);
        await StopAsync(after, task, graceMs: 30_000);
        Assert.Equal(15, (await after.NextEndingAsync()).Signal);
        var lines = _supervisor.ReadLog(task, Logs.LogStream.Stdout).TrimEnd('\n').Split('\n');
        Assert.Equal(Enumerable.Range(1, lines.Length).Select(n => $"{n}"), lines);
    }

    private async Task UpgradeAsync()
    {
        var (exitCode, error) = await _supervisor.RunAsync("upgrade");
        Assert.True(exitCode == 0, $"{error}{_supervisor.Messages}");
    }

    private string Script(string text)
    {
        var path = Path.Combine(_supervisor.StateDirectory, "program");
        File.WriteAllBytes(path, System.Text.Encoding.UTF8.GetBytes($"#!/bin/sh\n{text}\n"));
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }

    private static Task WatchAsync(ControlClient client, TaskId task) =>
        client.AskAsync(new Request { WatchLog = new WatchLog { TaskId = task.ToString() } });

    private static Task StopAsync(ControlClient client, TaskId task, long graceMs) => client.AskAsync(new Request
    {
        StopChild = new StopChild { TaskId = task.ToString(), GraceMs = graceMs, RequestedBy = "alice" },
    });
}
