using Grpc.Core;
using Levity.Cli.Tests.Server;
using Levity.Protocol;

namespace Levity.Cli.Tests.Commands.Running;

/// <summary><c>levity run</c>, against a server that says what a test wants to hear.</summary>
public sealed class RunCommandTests
{
    private const string Id = "0b5e58ca-4f5b-4e0c-9a0c-0b7a3d7b3f11";

    private static readonly QueryTaskResponse Success = Ended(TaskStatusCode.Finished, exitCode: 0);

    [Fact]
    public async Task The_tasks_output_is_ours_and_nothing_else_is_said()
    {
        await using var installation = await Installation.StartAsync();
        Script(installation, Success, LogScript.Stdout("a\0\r"u8), LogScript.Stderr([0x62, 0xff]), LogScript.Stdout("c"u8));

        var run = await installation.RunAsync("run", "ls", "-l");

        Assert.Equal(("a\0\rc", 0), (run.Output, run.ExitCode));
        Assert.Equal("b\uFFFD", run.Error);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(7, 7)]
    [InlineData(124, 124)]
    [InlineData(255, 255)]
    public async Task A_plain_exit_is_our_exit_without_a_word(int own, int expected)
    {
        var run = await RunAsync(Ended(TaskStatusCode.Finished, exitCode: own));

        Assert.Equal(("", expected), (run.Error, run.ExitCode));
    }

    public static TheoryData<QueryTaskResponse, int, string> OtherEnds => new()
    {
        { Ended(TaskStatusCode.Finished, signal: 11), 139, "the task was ended by SIGSEGV (signal 11)" },
        {
            Ended(TaskStatusCode.Finished, signal: 15, stopRequestedBy: "bob"),
            143,
            "the task was ended by SIGTERM (signal 15); bob had asked it to stop"
        },
        {
            Ended(TaskStatusCode.Finished, signal: 9, outOfMemory: true),
            137,
            "the task was ended by SIGKILL (signal 9); there was not enough memory for it"
        },
        {
            Ended(TaskStatusCode.BrutallyKilled, signal: 9, stopRequestedBy: "alice"),
            137,
            "the task was killed, as it had not stopped within its grace; alice had asked it to stop"
        },
        { TimedOut(Ended(TaskStatusCode.Finished, exitCode: 0)), 124, "the task was stopped because its time was over; it exited with 0" },
        {
            TimedOut(Ended(TaskStatusCode.BrutallyKilled, signal: 9)),
            124,
            "the task was stopped because its time was over, and killed as it had not stopped within its grace"
        },
        {
            Ended(TaskStatusCode.Lost, reason: "the machine was restarted"),
            125,
            "nobody knows how the task ended: the machine was restarted"
        },
    };

    [Theory]
    [MemberData(nameof(OtherEnds), DisableDiscoveryEnumeration = true)]
    public async Task Any_other_end_is_an_exit_code_as_shells_have_it_and_a_line(
        QueryTaskResponse end, int exitCode, string line)
    {
        var run = await RunAsync(end);
        Assert.Equal(($"levity: {line}\n", exitCode), (run.Error, run.ExitCode));

        var quiet = await RunAsync(end, "-q");
        Assert.Equal(("", exitCode), (quiet.Error, quiet.ExitCode));
    }

    [Fact]
    public async Task The_state_is_waited_for_when_the_log_is_sealed_before_it()
    {
        await using var installation = await Installation.StartAsync();
        Script(installation, Success);
        installation.Server.Tasks.Watch = async (_, writer, call) =>
        {
            QueryTaskResponse[] reports =
                [new() { StatusCode = TaskStatusCode.Running }, Ended(TaskStatusCode.Finished, exitCode: 3)];
            foreach (var report in reports)
            {
                await writer.WriteAsync(new WatchTaskResponse { Report = report }, call.CancellationToken);
            }
        };

        Assert.Equal(3, (await installation.RunAsync("run", "true")).ExitCode);
    }

    [Fact]
    public async Task A_detached_one_is_a_start()
    {
        await using var installation = await Installation.StartAsync();
        installation.Server.Tasks.Start = _ => Started();

        var run = await installation.RunAsync("run", "-d", "true");

        Assert.Equal(($"{Id}\n", "", 0), (run.Output, run.Error, run.ExitCode));
    }

    [Fact]
    public async Task A_detached_one_is_removed_by_the_server()
    {
        await using var installation = await Installation.StartAsync();
        var kept = new List<TimeSpan?>();
        installation.Server.Tasks.Start = request =>
        {
            kept.Add(request.KeepFor?.ToTimeSpan());
            return Started();
        };

        await installation.RunAsync("run", "-d", "true");
        await installation.RunAsync("run", "-d", "--rm", "true");

        Assert.Equal([null, TimeSpan.Zero], kept);
    }

    [Fact]
    public async Task The_directory_is_w_here_because_d_is_to_detach()
    {
        await using var installation = await Installation.StartAsync();
        Script(installation, Success);
        var directories = new List<string>();
        installation.Server.Tasks.Start = request =>
        {
            directories.Add(request.WorkingDir);
            return Started();
        };

        await installation.RunAsync("run", "-w", "/a", "true");
        await installation.RunAsync("run", "--workdir=/b", "true");
        await installation.RunAsync("run", "--dir", "/c", "true");
        await installation.RunAsync("start", "-w", "/d", "true");

        Assert.Equal(["/a", "/b", "/c", "/d"], directories);
    }

    [Fact]
    public async Task It_is_removed_when_all_of_its_output_is_here()
    {
        await using var installation = await Installation.StartAsync();
        Script(installation, Success, LogScript.Stdout("all"u8));
        using var output = new SignallingStream();
        var seen = "";
        installation.Server.Tasks.Remove = request =>
        {
            seen = $"{request.TaskId.Id} {request.Force} {output.Text}";
            return Task.CompletedTask;
        };

        var run = await CommandRun.ExecuteAsync([.. installation.Options, "run", "--rm", "true"], output: output);

        Assert.Equal(("", 0), (run.Error, run.ExitCode));
        Assert.Equal($"{Id} False all", seen);
    }

    [Fact]
    public async Task That_it_could_not_be_removed_is_said_and_the_exit_code_is_still_its_own()
    {
        await using var installation = await Installation.StartAsync();
        Script(installation, Ended(TaskStatusCode.Finished, exitCode: 4));
        installation.Server.Tasks.Remove =
            _ => throw new RpcException(new Status(StatusCode.PermissionDenied, "only its owner may"));

        var run = await installation.RunAsync("run", "--rm", "true");

        Assert.Equal($"levity: the task is not removed, `levity rm {Id}` does that: not allowed: only its owner may\n", run.Error);
        Assert.Equal(4, run.ExitCode);
    }

    [Fact]
    public async Task Whoever_reads_our_output_going_away_stops_the_task()
    {
        await using var installation = await Installation.StartAsync();
        Script(installation, Success, LogScript.Stdout("y\n"u8));
        SignalTaskRequest? stop = null;
        installation.Server.Tasks.Signal = request => stop = request;

        var run = await CommandRun.ExecuteAsync([.. installation.Options, "run", "yes"], output: new BrokenPipe());

        Assert.Equal(("", 141), (run.Error, run.ExitCode));
        Assert.Equal(new SignalTaskRequest { TaskId = new TaskHandle { Id = Id } }, stop);
    }

    [Fact]
    public async Task A_connection_that_is_cut_costs_nothing()
    {
        await using var installation = await Installation.StartAsync();
        Script(installation, Success);
        StreamLogsResponse[] log = [LogScript.Stdout("1"u8), LogScript.Stdout("2"u8), LogScript.Sealed()];
        var connections = 0;
        installation.Server.Tasks.Stream = async (request, writer, call) =>
        {
            await LogScript.WriteAsync(log, (int)request.Cursor, log.Length, writer, call.CancellationToken);
            if (++connections < 3)
            {
                installation.Server.Cut();
            }
        };

        var run = await installation.RunAsync("run", "true");

        Assert.Equal(("12", 0), (run.Output, run.ExitCode));
        Assert.DoesNotContain(run.Error.Split('\n'), line => line is not ("" or "levity: connection lost, resuming…"));
    }

    [Fact]
    public async Task A_server_that_stays_away_is_told_with_what_finds_the_task_again()
    {
        await using var installation = await Installation.StartAsync();
        Script(installation, Success);
        installation.Server.Tasks.Stream = async (_, writer, call) =>
        {
            await writer.WriteAsync(LogScript.Stdout("x"u8, cursor: 1), call.CancellationToken);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, call.CancellationToken);
        };
        using var output = new SignallingStream();
        var running = CommandRun.ExecuteAsync([.. installation.Options, "-t", "4s", "run", "true"], output: output);
        await output.FirstWrite.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);

        await installation.Server.DisposeAsync();

        var run = await running;
        Assert.Equal(("x", 125), (output.Text, run.ExitCode));
        Assert.Contains(
            $"; that does not stop the task: `levity logs -f {Id}` follows it, `levity stop {Id}` stops it\n",
            run.Error,
            StringComparison.Ordinal);
    }

    private static async Task<CommandRun> RunAsync(QueryTaskResponse end, params string[] options)
    {
        await using var installation = await Installation.StartAsync();
        Script(installation, end);
        return await installation.RunAsync(["run", .. options, "true"]);
    }

    private static void Script(Installation installation, QueryTaskResponse end, params StreamLogsResponse[] log)
    {
        var tasks = installation.Server.Tasks;
        tasks.Start = _ => Started();
        tasks.Stream = LogScript.Of([.. log, LogScript.Sealed()]);
        tasks.Watch = (_, writer, call) => writer.WriteAsync(new WatchTaskResponse { Report = end }, call.CancellationToken);
    }

    private static QueryTaskResponse TimedOut(QueryTaskResponse task)
    {
        task.Ending.TimedOut = true;
        return task;
    }

    private static StartTaskResponse Started() => new() { TaskId = new TaskHandle { Id = Id } };

    private static QueryTaskResponse Ended(
        TaskStatusCode state,
        int? exitCode = null,
        int? signal = null,
        string? stopRequestedBy = null,
        bool? outOfMemory = null,
        string? reason = null)
    {
        var task = new QueryTaskResponse { StatusCode = state, Ending = new Ending() };
        if (exitCode is { } code)
        {
            task.ExitCode = code;
        }

        if (signal is { } number)
        {
            task.Ending.Signal = number;
        }

        if (outOfMemory is { } lacked)
        {
            task.Ending.OutOfMemory = lacked;
        }

        task.Ending.StopRequestedBy = stopRequestedBy ?? "";
        task.Ending.Reason = reason ?? "";
        if (stopRequestedBy is null)
        {
            task.Ending.ClearStopRequestedBy();
        }

        if (reason is null)
        {
            task.Ending.ClearReason();
        }

        return task;
    }
}
