using Grpc.Core;
using Levity.Protocol;

namespace Levity.Cli.Tests.Commands;

public sealed class StartCommandTests
{
    private const string Id = "0b5e58ca-4f5b-4e0c-9a0c-0b7a3d7b3f11";

    [Fact]
    public async Task It_prints_the_id_and_nothing_else()
    {
        var (run, _) = await StartAsync("true");

        Assert.Equal(new CommandRun(0, run.OutputBytes, ""), run);
        Assert.Equal($"{Id}\n", run.Output);
    }

    [Theory]
    [InlineData("start ls -l", "ls", "-l")]
    [InlineData("start ls -td", "ls", "-td")]
    [InlineData("start ls -a=b --address=c -d:e", "ls", "-a=b", "--address=c", "-d:e")]
    [InlineData("start ls --help --version -h", "ls", "--help", "--version", "-h")]
    [InlineData("start ls -- -l", "ls", "--", "-l")]
    [InlineData("start -- --weird -x", "--weird", "-x")]
    [InlineData("start -- ls -- -l", "ls", "--", "-l")]
    [InlineData("start -d /tmp ls -d /x", "ls", "-d", "/x")]
    [InlineData("start -t 5s start query", "start", "query")]
    [InlineData("-t 5s start levity start ls", "levity", "start", "ls")]
    [InlineData("start echo @file [suggest] %", "echo", "@file", "[suggest]", "%")]
    [InlineData("start - -", "-", "-")]
    public async Task Options_end_at_the_first_operand(string line, params string[] expected)
    {
        await using var installation = await Installation.StartAsync();
        var request = Script(installation);

        var run = await installation.RunAsync(line.Split(' '));

        Assert.Equal(new CommandRun(0, run.OutputBytes, ""), run);
        Assert.Equal(expected, request().Args.Prepend(request().Binary));
    }

    [Fact]
    public async Task What_ends_it_can_be_given()
    {
        var (_, request) = await StartAsync("--max-time", "1m30s", "--grace", "0", "--stop-signal", "SIGQUIT", "true");

        Assert.Equal((90, 0, 3), (request.Timeout.Seconds, request.Grace.Seconds, request.StopSignal));
        var (_, without) = await StartAsync("true");
        Assert.Equal((null, null, false), (without.Timeout, without.Grace, without.HasStopSignal));
    }

    [Fact]
    public async Task That_it_is_executed_again_can_be_asked_for()
    {
        var (_, request) = await StartAsync("--retry", "on-failure:3", "--backoff", "200ms", "--max-backoff", "1m", "true");

        var retry = request.Retry;
        Assert.Equal((3, 200_000_000, 60), (retry.MaxRetries, retry.InitialBackoff.Nanos, retry.MaxBackoff.Seconds));
        var (_, plain) = await StartAsync("--retry", "on-failure:1", "true");
        Assert.Equal(new RetryPolicy { MaxRetries = 1 }, plain.Retry);
        Assert.Null((await StartAsync("true")).Request.Retry);
    }

    [Theory]
    [InlineData("--mem 64M --cpus 1.5 --pids-limit 100", 64L << 20, 1500, 100)]
    [InlineData("-m 2g", 2L << 30, 0, 0)]
    [InlineData("--cpus .01", 0, 10, 0)]
    [InlineData("--cpus=10000", 0, 10_000_000, 0)]
    public async Task What_it_may_use_can_be_given(string options, long memory, long cpu, long processes)
    {
        var (_, request) = await StartAsync([.. options.Split(' '), "true"]);

        Assert.Equal(
            new ResourceLimits { MemoryBytes = memory, CpuMillis = cpu, Processes = processes }, request.Limits);
        Assert.Null((await StartAsync("true")).Request.Limits);
    }

    [Fact]
    public async Task What_bounds_it_can_be_given()
    {
        var (_, request) = await StartAsync(
            "--ulimit", "nofile=1024:2048", "--ulimit=core=0", "--ulimit", "as=4096:unlimited", "--log-quota", "2M", "--keep", "1h",
            "true");

        Assert.Equal(
            [
                new Ulimit { Name = "nofile", Soft = 1024, Hard = 2048 }, new Ulimit { Name = "core" },
                new Ulimit { Name = "as", Soft = 4096, Hard = ulong.MaxValue },
            ],
            request.Ulimits);
        Assert.Equal((2ul * 1024 * 1024, 3600), (request.LogQuotaBytes, request.KeepFor.Seconds));
        Assert.Equal(TimeSpan.Zero, (await StartAsync("--rm", "true")).Request.KeepFor.ToTimeSpan());
        Assert.Null((await StartAsync("true")).Request.KeepFor);
    }

    [Fact]
    public async Task What_would_happen_is_told_and_it_ends_with_failure_when_something_stands_against_it()
    {
        await using var installation = await Installation.StartAsync();
        var plan = new StartPlan
        {
            Request = new StartTaskRequest { Binary = "make", Args = { "all" } },
            Owner = "alice",
            Account = "build",
            WorkingDir = "/home/build",
            Environment = { ["PATH"] = "/bin", ["HOME"] = "/home/build" },
            Grace = new Google.Protobuf.WellKnownTypes.Duration { Seconds = 5 },
            LogQuotaBytes = 1 << 20,
            Containment = "cgroup",
            UserLimits = { new UserLimitUse { Name = "running-tasks", Limit = 2, Used = 1 } },
        };
        StartTaskRequest? asked = null;
        installation.Server.Tasks.Start = request =>
        {
            asked = request;
            return new StartTaskResponse { Plan = plan };
        };

        var run = await installation.RunAsync("start", "--dry-run", "make", "all");
        Assert.True(asked!.ValidateOnly);
        Assert.Equal(
            """
            owner:             alice
            account:           build
            command:           make
            argument:          all
            working directory: /home/build
            environment:       HOME=/home/build
            environment:       PATH=/bin
            grace:             5s
            log quota:         1.0 MiB (1048576 bytes)
            kept together by:  cgroup
            running-tasks:     1 of 2

            """,
            run.Output);
        Assert.Equal(("", 0), (run.Error, run.ExitCode));

        plan.Obstacles.Add("running-tasks: the limit of alice is 2");
        run = await installation.RunAsync("start", "--dry-run", "-o", "json", "make");
        using var json = System.Text.Json.JsonDocument.Parse(run.Output);
        Assert.Equal("running-tasks: the limit of alice is 2", json.RootElement.GetProperty("obstacles")[0].GetString());
        Assert.Equal(125, run.ExitCode);
    }

    [Fact]
    public async Task A_server_that_starts_it_all_the_same_is_told_of_with_the_tasks_id()
    {
        await using var installation = await Installation.StartAsync();
        var request = Script(installation);

        var run = await installation.RunAsync("start", "--dry-run", "true");

        Assert.True(request().ValidateOnly);
        Assert.Equal(($"{Id}\n", 125), (run.Output, run.ExitCode));
        Assert.Contains("has started the task", run.Error, StringComparison.Ordinal);
        Assert.Equal($"{{\"id\":\"{Id}\"}}\n", (await StartAsync("-o", "json", "true")).Run.Output);
        Assert.False((await StartAsync("true")).Request.HasValidateOnly);
    }

    [Fact]
    public async Task Arguments_are_passed_on_as_they_are()
    {
        string[] args = ["", " ", "a b", "\"", "'", "\\", "ü\n", "--"];

        var (_, request) = await StartAsync(["printf", .. args]);

        Assert.Equal(args, request.Args);
    }

    [Theory]
    [InlineData("-d", "/tmp")]
    [InlineData("--dir", "/tmp")]
    [InlineData("--dir=/tmp")]
    [InlineData("-d/tmp")]
    public async Task The_directory_can_be_given(params string[] options)
    {
        var (_, request) = await StartAsync([.. options, "true"]);

        Assert.Equal("/tmp", request.WorkingDir);
    }

    [Fact]
    public async Task Without_a_directory_the_server_chooses()
    {
        var (_, request) = await StartAsync("true");

        Assert.False(request.HasWorkingDir);
        Assert.Empty(request.Environment);
    }

    [Fact]
    public async Task Variables_are_defined_in_all_forms_and_the_last_of_a_name_counts()
    {
        var (_, request) = await StartAsync(
            "-D", "A=1", "--define", "B=x=y z", "-DC=", "--define=D=-d", "-D", "A=2", "-D", "E= ", "true");

        Assert.Equal(
            new Dictionary<string, string> { ["A"] = "2", ["B"] = "x=y z", ["C"] = "", ["D"] = "-d", ["E"] = " " },
            request.Environment);
    }

    [Theory]
    [InlineData("=value")]
    [InlineData("=")]
    [InlineData("")]
    public async Task A_definition_without_a_name_is_a_usage_error(string definition)
    {
        var run = await CommandRun.ExecuteAsync(["start", "-D", definition, "true"]);

        Assert.Equal(
            $"levity: -D wants NAME=VALUE, or NAME for the value that it has here, and '{definition}' is neither "
            + "(see `levity start --help`)\n",
            run.Error);
        Assert.Equal(125, run.ExitCode);
    }

    [Theory]
    [InlineData("binary: execve '/x': ENOENT (No such file or directory)", 127)]
    [InlineData("binary: execve '/x': EACCES (Permission denied)", 126)]
    [InlineData("binary: execve '/x': ENOEXEC (Exec format error)", 126)]
    [InlineData("working_dir: chdir '/x': ENOENT (No such file or directory)", 125)]
    public async Task What_cannot_be_executed_has_the_exit_codes_of_the_shell(string detail, int exitCode)
    {
        await using var installation = await Installation.StartAsync();
        var status = new Status(StatusCode.FailedPrecondition, detail);
        installation.Server.Tasks.Start = _ => throw new RpcException(status);

        var run = await installation.RunAsync("start", "/x");

        Assert.Equal($"levity: {detail}\n", run.Error);
        Assert.Empty(run.Output);
        Assert.Equal(exitCode, run.ExitCode);
    }

    [Fact]
    public async Task Each_start_has_a_key_of_its_own()
    {
        await using var installation = await Installation.StartAsync();
        var request = Script(installation);

        await installation.RunAsync("start", "true");
        var first = request().RequestKey;
        await installation.RunAsync("start", "true");

        Assert.NotEmpty(first);
        Assert.NotEqual(first, request().RequestKey);
    }

    [Fact]
    public async Task The_key_can_be_given()
    {
        var (_, request) = await StartAsync("--request-key", "nightly 1", "true");

        Assert.Equal("nightly 1", request.RequestKey);
    }

    [Fact]
    public async Task A_start_that_cannot_be_answered_just_now_is_made_again_with_the_same_key()
    {
        await using var installation = await Installation.StartAsync();
        var keys = new List<string>();
        installation.Server.Tasks.Start = request =>
        {
            keys.Add(request.RequestKey);
            return keys.Count < 3
                ? throw new RpcException(new Status(StatusCode.Unavailable, "the supervisor is not connected"))
                : new StartTaskResponse { TaskId = new TaskHandle { Id = Id } };
        };

        var run = await installation.RunAsync("start", "true");

        Assert.Equal(new CommandRun(0, run.OutputBytes, ""), run);
        Assert.Equal($"{Id}\n", run.Output);
        Assert.Equal(3, keys.Count);
        Assert.Single(keys.Distinct());
    }

    [Fact]
    public async Task A_start_under_which_the_connection_breaks_is_made_again_with_the_same_key()
    {
        await using var installation = await Installation.StartAsync();
        var keys = new List<string>();
        installation.Server.Tasks.Start = request =>
        {
            keys.Add(request.RequestKey);
            if (keys.Count == 1)
            {
                installation.Server.Cut();
            }

            return new StartTaskResponse { TaskId = new TaskHandle { Id = Id } };
        };

        var run = await installation.RunAsync("start", "true");

        Assert.Equal(($"{Id}\n", "", 0), (run.Output, run.Error, run.ExitCode));
        Assert.Equal(2, keys.Count);
        Assert.Single(keys.Distinct());
    }

    [Fact]
    public async Task A_start_that_is_never_answered_fails_with_what_makes_it_safe_to_repeat()
    {
        await using var installation = await Installation.StartAsync();
        string? key = null;
        installation.Server.Tasks.Start = request =>
        {
            key = request.RequestKey;
            throw new RpcException(new Status(StatusCode.Unavailable, "the supervisor is not connected"));
        };

        var run = await installation.RunAsync("-t", "4s", "start", "true");

        Assert.Equal(125, run.ExitCode);
        Assert.Empty(run.Output);
        Assert.Contains($"--request-key {key} ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_start_that_is_refused_is_not_repeated()
    {
        await using var installation = await Installation.StartAsync();
        var calls = 0;
        installation.Server.Tasks.Start = _ =>
        {
            calls++;
            throw new RpcException(new Status(StatusCode.AlreadyExists, "request_key: 'k' has started another"));
        };

        var run = await installation.RunAsync("start", "true");

        Assert.Equal("levity: request_key: 'k' has started another\n", run.Error);
        Assert.Equal((125, 1), (run.ExitCode, calls));
    }

    private static async Task<(CommandRun Run, StartTaskRequest Request)> StartAsync(params string[] args)
    {
        await using var installation = await Installation.StartAsync();
        var request = Script(installation);
        var run = await installation.RunAsync(["start", .. args]);
        Assert.Empty(run.Error);
        return (run, request());
    }

    private static Func<StartTaskRequest> Script(Installation installation)
    {
        StartTaskRequest? received = null;
        installation.Server.Tasks.Start = request =>
        {
            received = request;
            return new StartTaskResponse { TaskId = new TaskHandle { Id = Id } };
        };
        return () => received!;
    }
}
