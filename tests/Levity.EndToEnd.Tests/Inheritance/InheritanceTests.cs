using System.Globalization;
using Levity.EndToEnd.Tests.Fixtures;
using Levity.Protocol;

namespace Levity.EndToEnd.Tests.Inheritance;

/// <summary>
/// What a task is started with, when levityd itself was started with everything that should not get through: ignored
/// and blocked signals, an open file, a closed umask, a secret in its environment, another directory.
/// </summary>
public sealed class InheritanceTests(UntidyServer untidy) : IClassFixture<UntidyServer>
{
    private readonly LevityServer _server = untidy.Server;
    private readonly TestClient _client = untidy.Server.Client();

    // Otherwise the tests below would prove nothing.
    [Fact]
    public void Levityd_itself_has_all_of_that()
    {
        var proc = $"/proc/{_server.Pid}";
        var status = File.ReadAllLines($"{proc}/status");

        Assert.DoesNotContain("SigBlk:\t0000000000000000", status);
        Assert.DoesNotContain("SigIgn:\t0000000000000000", status);
        Assert.Contains("Umask:\t0000", status);
        Assert.Equal("/etc/passwd", File.ResolveLinkTarget($"{proc}/fd/9", returnFinalTarget: false)?.FullName);
        Assert.Equal(_server.Scratch, File.ResolveLinkTarget($"{proc}/cwd", returnFinalTarget: false)?.FullName);
    }

    [Fact]
    public async Task Nothing_is_open_but_the_three_standard_streams()
    {
        Assert.Equal("0\n1\n2\n", await OutputAsync("sh", "-c", "ls /proc/$$/fd"));
        Assert.Equal("0\n1\n2\n", await ChildOutputAsync("print-fds"));
    }

    [Fact]
    public async Task So_it_is_for_many_at_once()
    {
        var outputs = Enumerable.Range(0, 100).Select(_ => OutputAsync("sh", "-c", "ls /proc/$$/fd"));

        Assert.All(await Task.WhenAll(outputs), output => Assert.Equal("0\n1\n2\n", output));
    }

    [Fact]
    public async Task Standard_input_is_at_its_end_and_the_others_are_pipes() => Assert.Matches(
        @"\A0 /dev/null pipe:\[\d+\] pipe:\[\d+\]\n\z",
        await OutputAsync("sh", "-c", "cd /proc/$$/fd; echo $(wc -c) $(readlink 0) $(readlink 1) $(readlink 2)"));

    [Fact]
    public async Task No_signal_is_ignored_and_none_is_blocked() => Assert.Equal(
        "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n",
        await OutputAsync("grep", "-E", "^Sig(Blk|Ign)", "/proc/self/status"));

    [Fact]
    public async Task The_environment_is_clean()
    {
        var request = new StartTaskRequest { Binary = "env", Environment = { ["GIVEN"] = "a=b c" } };
        var id = await _client.StartAsync(request);

        var lines = (await OutputOfAsync(id)).TrimEnd('\n').Split('\n');

        Assert.Equal(
            ["GIVEN", "HOME", "LANG", "LEVITY_TASK_ID", "LOGNAME", "PATH", "USER"],
            lines.Select(line => line.Split('=')[0]).Order(StringComparer.Ordinal));
        Assert.Contains("GIVEN=a=b c", lines);
        Assert.Contains($"LEVITY_TASK_ID={id}", lines);
        Assert.Contains($"USER={Environment.UserName}", lines);
    }

    [Fact]
    public async Task A_given_variable_replaces_the_default_one()
    {
        var id = await _client.StartAsync(new StartTaskRequest
        {
            Binary = "env",
            Environment = { ["PATH"] = "/usr/bin", ["HOME"] = "/nowhere", ["LANG"] = "de_DE" },
        });

        var lines = (await OutputOfAsync(id)).Split('\n');

        Assert.Equal(
            [
                "HOME=/nowhere", "LANG=de_DE", $"LEVITY_TASK_ID={id}", $"LOGNAME={Environment.UserName}", "PATH=/usr/bin",
                $"USER={Environment.UserName}",
            ],
            lines.Where(line => line.Length > 0).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_secret_of_levityd_is_in_no_process_but_levityd()
    {
        var id = await _client.StartAsync("sleep", "300");

        Assert.Equal([_server.Pid], ProcessTable.WithWord("environ", word => word == UntidyServer.Secret));
        Assert.NotEmpty(ProcessTable.OfTask(id));
    }

    [Fact]
    public async Task A_task_has_a_session_and_a_group_of_its_own_and_no_terminal()
    {
        var id = await _client.StartAsync("cat", "/proc/self/stat");

        // pid (name) state parent group session terminal …
        var fields = (await OutputOfAsync(id)).Split(' ');

        Assert.Equal((fields[0], fields[0], "0"), (fields[4], fields[5], fields[6]));
    }

    [Fact]
    public async Task The_working_directory_is_the_home_or_what_was_given()
    {
        var id = await _client.StartAsync(new StartTaskRequest { Binary = "pwd", WorkingDir = "/usr/lib" });
        Assert.Equal("/usr/lib\n", await OutputOfAsync(id));

        var home = (await OutputAsync("sh", "-c", "cd && pwd")).TrimEnd('\n');
        Assert.Equal($"{home}\n", await OutputAsync("pwd"));
    }

    [Fact]
    public async Task The_umask_is_022() => Assert.Equal("0022\n", await OutputAsync("sh", "-c", "umask"));

    [Fact]
    public async Task The_supervisor_is_ended_later_than_others_when_memory_is_short_and_tasks_are_not()
    {
        Assert.Equal("500", OomScoreOf(_server.Pid));
        Assert.InRange(int.Parse(OomScoreOf(_server.SupervisorPid), CultureInfo.InvariantCulture), -900, 0);
        Assert.Equal("500\n", await OutputAsync("cat", "/proc/self/oom_score_adj"));
    }

    [Fact]
    public async Task Two_hundred_that_are_started_at_once_inherit_exactly_this()
    {
        // One process, which tells of itself: a shell has descriptors and a signal mask of its own at times.
        string[] files = ["/proc/self/status", "/proc/self/limits", "/proc/self/oom_score_adj", "/proc/self/stat"];
        var own = File.ReadAllLines("/proc/self/status");
        string[] expected =
        [
            "Umask:\t0022", "SigBlk:\t0000000000000000", "SigIgn:\t0000000000000000", "SigCgt:\t0000000000000000",
            "NoNewPrivs:\t0", "500", .. own.Where(IsOfUser), .. DescriptorLimits(_server.Pid), "0 0 0",
        ];

        var outputs = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => OutputAsync("cat", files)));

        Assert.All(outputs, output =>
        {
            var lines = output.TrimEnd('\n').Split('\n');
            var stat = lines[^1].Split(' ').Select((field, i) => i is 1 or 2 ? 0 : long.Parse(field)).Take(7).ToList();
            Assert.Equal(
                expected.Order(StringComparer.Ordinal),
                lines.Intersect(expected).Append($"{stat[4] - stat[0]} {stat[5] - stat[0]} {stat[6]}")
                    .Order(StringComparer.Ordinal));
        });

        static bool IsOfUser(string line) =>
            line.Split(':')[0] is "Uid" or "Gid" or "Groups" or "CapInh" or "CapPrm" or "CapEff" or "CapBnd" or "CapAmb";

        static IEnumerable<string> DescriptorLimits(int pid) => File.ReadLines($"/proc/{pid}/limits")
            .Where(line => line.StartsWith("Max open files", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_command_is_looked_for_in_its_own_path_and_directory_only()
    {
        // In levityd's PATH and in its directory there is such a command; neither is the task's.
        var refusal = await Assert.ThrowsAsync<Grpc.Core.RpcException>(() => _client.StartAsync(UntidyServer.Command));
        Assert.Equal(Grpc.Core.StatusCode.FailedPrecondition, refusal.StatusCode);

        var found = await _client.StartAsync(new StartTaskRequest
        {
            Binary = UntidyServer.Command,
            Environment = { ["PATH"] = _server.Scratch },
        });
        Assert.Equal("found\n", await OutputOfAsync(found));

        var relative = await _client.StartAsync(new StartTaskRequest
        {
            Binary = $"./{UntidyServer.Command}",
            WorkingDir = _server.Scratch,
        });
        Assert.Equal("found\n", await OutputOfAsync(relative));
    }

    [Fact]
    public async Task What_Levity_keeps_is_for_its_user_only()
    {
        await OutputAsync("echo", "private");
        const UnixFileMode others = (UnixFileMode)0b000_111_111;

        var open = Directory.EnumerateFileSystemEntries(_server.StateDirectory, "*", SearchOption.AllDirectories)
            .Where(path => (File.GetUnixFileMode(path) & others) != 0);

        Assert.Empty(open);
    }

    private static string OomScoreOf(int pid) => File.ReadAllText($"/proc/{pid}/oom_score_adj").TrimEnd('\n');

    private async Task<string> OutputAsync(string binary, params IEnumerable<string> arguments) =>
        await OutputOfAsync(await _client.StartAsync(binary, arguments));

    private async Task<string> ChildOutputAsync(string verb) => await OutputOfAsync(await _client.ChildAsync(verb));

    private async Task<string> OutputOfAsync(string id)
    {
        await _client.SuccessAsync(id);
        return (await _client.FetchAsync(id)).Stdout.ToStringUtf8();
    }
}
