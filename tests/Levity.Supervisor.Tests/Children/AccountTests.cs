using Levity.Linux;
using Levity.Protocol;
using Levity.Protocol.Supervisor;
using Levity.Supervisor.Tests.Fixtures;

namespace Levity.Supervisor.Tests.Children;

/// <summary>Children that run as another user than their supervisor.</summary>
public sealed class AccountTests : SupervisorTests
{
    [Fact]
    public async Task A_child_is_that_user_in_every_way_and_cannot_become_another()
    {
        OtherUser.Require();
        var status = await OutputAsync("cat", "/proc/self/status");

        string[] expected =
        [
            "Uid:\t65534\t65534\t65534\t65534", "Gid:\t65533\t65533\t65533\t65533", "Groups:\t7 65532 ", "NoNewPrivs:\t1",
            "CapInh:\t0000000000000000", "CapPrm:\t0000000000000000", "CapEff:\t0000000000000000",
            "CapBnd:\t0000000000000000", "CapAmb:\t0000000000000000", "SigBlk:\t0000000000000000",
            "SigIgn:\t0000000000000000", "SigCgt:\t0000000000000000", "Umask:\t0022",
        ];
        Assert.Equal(expected.Order(), status.Split('\n').Intersect(expected).Order());
    }

    [Fact]
    public async Task It_inherits_the_three_streams_its_environment_and_nothing_of_the_launcher()
    {
        OtherUser.Require();
        Assert.Equal("0\n1\n2\n", await OutputAsync("sh", "-c", "ls /proc/$$/fd"));

        var task = TaskId.New();
        Assert.Equal($"LEVITY_TASK_ID={task}\nPATH=/usr/bin:/bin\n", await OutputAsync(task, "sh", "-c", "env | grep -v PWD= | sort"));

        var stat = (await OutputAsync("cat", "/proc/self/stat")).Split(' ');
        Assert.Equal(("(cat)", stat[0], stat[0]), (stat[1], stat[4], stat[5]));
    }

    [Fact]
    public async Task The_limit_of_descriptors_is_the_one_that_theSupervisor_was_started_with()
    {
        OtherUser.Require();
        var own = await OwnOutputAsync("grep", "Max open files", "/proc/self/limits");

        Assert.Equal(own, await OutputAsync("grep", "Max open files", "/proc/self/limits"));
    }

    [Fact]
    public async Task Its_streams_can_be_opened_by_their_names()
    {
        OtherUser.Require();
        var task = TaskId.New();

        Assert.Equal("out\n", await OutputAsync(task, "sh", "-c", "echo out > /dev/stdout; echo err > /dev/stderr"));
        Assert.Equal("err\n", Supervisor.ReadLog(task, Logs.LogStream.Stderr));
    }

    [Fact]
    public async Task The_process_that_is_told_is_the_commands_own()
    {
        OtherUser.Require();
        var task = TaskId.New();
        var started = await Client.StartAsync(Command(task, "sh", "-c", "echo $$"));
        await Client.NextEndingAsync();

        Assert.Equal($"{started.ChildStarted.Pid}\n", Supervisor.ReadLog(task, Logs.LogStream.Stdout));
    }

    [Theory]
    [InlineData("exit 42", 42, null)]
    [InlineData("kill -9 $$", null, 9)]
    public async Task How_it_ends_is_told_as_for_others(string script, int? exitCode, int? signal)
    {
        OtherUser.Require();
        await Client.StartAsync(Command(TaskId.New(), "sh", "-c", script));

        var ended = await Client.NextEndingAsync();
        Assert.Equal((exitCode, signal), (
            ended.HasExitCode ? ended.ExitCode : null, ended.HasSignal ? (int?)ended.Signal : null));
    }

    [Theory]
    [InlineData("/no/such/program", "/", Failure.Types.Kind.Command, Errno.ENOENT)]
    [InlineData("no-such-program", "/", Failure.Types.Kind.Command, Errno.ENOENT)]
    [InlineData("/etc/passwd", "/", Failure.Types.Kind.Command, Errno.EACCES)]
    [InlineData("/usr", "/", Failure.Types.Kind.Command, Errno.EACCES)]
    [InlineData("true", "/no/such/directory", Failure.Types.Kind.WorkingDir, Errno.ENOENT)]
    [InlineData("true", "/etc/passwd", Failure.Types.Kind.WorkingDir, Errno.ENOTDIR)]
    public async Task What_cannot_be_executed_is_refused_in_the_words_of_a_direct_start(
        string binary, string directory, Failure.Types.Kind kind, int errno)
    {
        OtherUser.Require();
        var task = TaskId.New();
        var direct = SupervisorUnderTest.Command(TaskId.New(), binary);
        var command = Command(task, binary);
        direct.WorkingDir = command.WorkingDir = Google.Protobuf.ByteString.CopyFromUtf8(directory);

        var refused = await Client.StartAsync(command);

        Assert.Equal((kind, errno), (refused.Failure.Kind, refused.Failure.Errno));
        Assert.Equal((await Client.StartAsync(direct)).Failure, refused.Failure);
        Assert.False(Directory.Exists(Supervisor.LogOf(task.ToString())));
        Assert.Empty(TaskProcesses.Of(task));
    }

    [Fact]
    public async Task Too_many_arguments_are_too_big_as_for_others()
    {
        OtherUser.Require();
        var refused = await Client.StartAsync(Command(TaskId.New(), "true", new string('x', 131_072)));

        Assert.Equal((Failure.Types.Kind.TooBig, Errno.E2BIG), (refused.Failure.Kind, refused.Failure.Errno));
    }

    [Fact]
    public async Task A_directory_of_roots_is_refused_alike_whatever_is_in_it()
    {
        OtherUser.Require();
        using var directory = new RootsDirectory();
        var there = await Client.StartAsync(Command(TaskId.New(), directory.Program));
        var missing = await Client.StartAsync(Command(TaskId.New(), directory.Missing));

        Assert.Equal(Errno.EACCES, there.Failure.Errno);
        Assert.Equal(
            there.Failure.Message.Replace(directory.Program, directory.Missing, StringComparison.Ordinal),
            missing.Failure.Message);

        var inside = Command(TaskId.New(), "true");
        inside.WorkingDir = Google.Protobuf.ByteString.CopyFromUtf8(directory.Path);
        Assert.Equal(
            (Failure.Types.Kind.WorkingDir, Errno.EACCES),
            ((await Client.StartAsync(inside)).Failure.Kind, (await Client.StartAsync(inside)).Failure.Errno));
    }

    [Fact]
    public async Task It_is_stopped_with_all_its_processes()
    {
        OtherUser.Require();
        var task = TaskId.New();
        var script = "(setsid sh -c 'trap \"\" TERM; echo ready; exec sleep 300' &); exec sleep 300";
        await Client.StartAsync(Command(task, "sh", "-c", script));
        await Client.AskAsync(new Request { WatchLog = new WatchLog { TaskId = task.ToString() } });
        await Client.NextEventAsync();

        await Client.AskAsync(new Request { StopChild = new StopChild { TaskId = task.ToString(), GraceMs = 60_000 } });

        var ended = await Client.NextEndingAsync();
        Assert.Equal((15, 1), (ended.Signal, ended.ProcessesKilled));
        Assert.Empty(TaskProcesses.Of(task));
    }

    [Fact]
    public async Task An_upgrade_of_theSupervisor_is_none_of_its_business()
    {
        OtherUser.Require();
        var (live, next) = (TaskId.New(), TaskId.New());
        var started = await Client.StartAsync(Command(live, "sleep", "300"));
        var (exitCode, error) = await Supervisor.RunAsync("upgrade", "--program", SupervisorUnderTest.Program);
        Assert.True(exitCode == 0, error);

        await using var after = await Supervisor.HelloAsync();
        Assert.Equal(started.ChildStarted.Pid, Assert.Single(after.Welcome.Live).Pid);
        await after.StartAsync(Command(next, "id", "-u"));
        Assert.Equal((next.ToString(), 0), await EndAsync(after));
        Assert.Equal("65534\n", Supervisor.ReadLog(next, Logs.LogStream.Stdout));

        static async Task<(string, int)> EndAsync(ControlClient client)
        {
            var ended = await client.NextEndingAsync();
            return (ended.TaskId, ended.ExitCode);
        }
    }

    internal static StartChild Command(TaskId task, params string[] argv)
    {
        var command = SupervisorUnderTest.Command(task, argv);
        command.Account = new Account { Uid = OtherUser.Id, Gid = 65533, Groups = { 7, 65532 } };
        return command;
    }

    private Task<string> OutputAsync(params string[] argv) => OutputAsync(TaskId.New(), argv);

    private Task<string> OutputAsync(TaskId task, params string[] argv) => OutputOfAsync(task, Command(task, argv));

    private Task<string> OwnOutputAsync(params string[] argv)
    {
        var task = TaskId.New();
        return OutputOfAsync(task, SupervisorUnderTest.Command(task, argv));
    }

    private async Task<string> OutputOfAsync(TaskId task, StartChild command)
    {
        var started = await Client.StartAsync(command);
        Assert.True(started.Failure is null, started.Failure?.Message);
        await Client.NextEndingAsync();
        return Supervisor.ReadLog(task, Logs.LogStream.Stdout);
    }
}
