using System.Text.Json.Nodes;
using Google.Protobuf.WellKnownTypes;
using Levity.Protocol;

namespace Levity.Cli.Tests.Commands;

public sealed class InspectCommandTests
{
    private const string Id = "8f2c1a1e-0000-4000-8000-000000000001";

    private static readonly QueryTaskResponse Stopped = new()
    {
        StatusCode = TaskStatusCode.BrutallyKilled,
        Ending = new Ending
        {
            Signal = 9,
            StopRequestedBy = "alice",
            GraceExpired = true,
            ProcessesKilled = 2,
            StartedAt = new Timestamp { Seconds = 1_767_323_045, Nanos = 678_000_000 },
            EndedAt = new Timestamp { Seconds = 1_767_323_136, Nanos = 178_000_000 },
            Usage = new ResourceUsage
            {
                UserTime = new Duration { Seconds = 1, Nanos = 500_000_000 },
                SystemTime = new Duration { Nanos = 12_000 },
                MaxRssBytes = 15_938_355,
            },
            OutOfMemory = false,
        },
        CreatedAt = new Timestamp { Seconds = 1_767_323_045 },
        Owner = "alice",
        Request = new StartTaskRequest
        {
            Binary = "sh",
            Args = { "-c", "sleep 300", "" },
            WorkingDir = "/tmp",
            Environment = { ["B"] = "x=y", ["A"] = "" },
        },
        Shares =
        {
            new TaskShare
            {
                User = "bob",
                Read = true,
                Signal = true,
                SharedAt = new Timestamp { Seconds = 1_767_323_045 },
                ExpiresAt = new Timestamp { Seconds = 1_767_326_645 },
            },
            new TaskShare { User = "carol", Read = true, SharedAt = new Timestamp { Seconds = 1_767_323_046 } },
        },
    };

    [Fact]
    public async Task A_task_is_told_to_people_in_aligned_lines()
    {
        var run = await RunAsync(Stopped, "inspect", Id);

        Assert.Equal(
            $"""
            id:                {Id}
            state:             BrutallyKilled
            signal:            SIGKILL (signal 9)
            owner:             alice
            shared with:       bob, to read and signal, until 2026-01-02T04:04:05.000Z
            shared with:       carol, to read
            command:           sh
            argument:          -c
            argument:          sleep 300
            argument:          ''
            working directory: /tmp
            environment:       A=
            environment:       B=x=y
            created:           2026-01-02T03:04:05.000Z
            started:           2026-01-02T03:04:05.678Z
            ended:             2026-01-02T03:05:36.178Z
            ran for:           1m30.5s
            stop requested by: alice
            grace expired:     yes
            processes killed:  2
            out of memory:     no
            user time:         1.5s
            system time:       0.012ms
            max resident set:  15.2 MiB (15938355 bytes)

            """,
            run.Output);
        Assert.Equal(("", 0), (run.Error, run.ExitCode));
    }

    [Fact]
    public async Task Limits_are_told_with_what_has_come_of_them()
    {
        var task = new QueryTaskResponse
        {
            StatusCode = TaskStatusCode.Finished,
            Request = new StartTaskRequest
            {
                Binary = "make",
                Limits = new ResourceLimits { MemoryBytes = 64 << 20, CpuMillis = 1500, Processes = 100 },
            },
            Ending = new Ending
            {
                OutOfMemory = true,
                ProcessLimitHit = false,
                MemoryPeakBytes = 32 << 20,
                CpuThrottledTime = new Duration { Seconds = 2 },
            },
        };

        var run = await RunAsync(task, "inspect", Id);

        Assert.Equal(
            [
                "memory limit:      64.0 MiB (67108864 bytes)", "processor limit:   1.5 processors", "process limit:     100",
                "out of memory:     yes", "process limit hit: no", "memory peak:       32.0 MiB (33554432 bytes)",
                "throttled for:     2s",
            ],
            run.Output.Split('\n').Where(line => line.Contains("limit", StringComparison.Ordinal)
                || line.Contains("memory", StringComparison.Ordinal) || line.Contains("throttled", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task What_is_not_known_has_no_line()
    {
        var running = await RunAsync(new QueryTaskResponse { StatusCode = TaskStatusCode.Running }, "inspect", Id);
        var lost = await RunAsync(
            new QueryTaskResponse
            {
                StatusCode = TaskStatusCode.Lost,
                Ending = new Ending { Reason = "a reboot", LostLogBytes = 17 },
            },
            "inspect",
            Id);

        Assert.Equal($"id:    {Id}\nstate: Running\n", running.Output);
        Assert.Contains("reason:           a reboot\n", lost.Output, StringComparison.Ordinal);
        Assert.Contains("lost log bytes:   17\n", lost.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("started", lost.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("exit code", lost.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Values_of_the_environment_that_are_not_told_do_not_look_like_empty_ones()
    {
        var task = new QueryTaskResponse
        {
            Request = new StartTaskRequest { Binary = "sh", Environment = { ["TOKEN"] = "" } },
            EnvironmentWithheld = true,
        };

        var text = await RunAsync(task, "inspect", Id);
        var json = await RunAsync(task, "inspect", "-o", "json", Id);

        Assert.Contains("environment: TOKEN (value withheld)\n", text.Output, StringComparison.Ordinal);
        Assert.True((bool)JsonNode.Parse(json.Output)!["environmentWithheld"]!);
    }

    [Fact]
    public async Task Nothing_that_a_task_was_given_is_obeyed_by_the_terminal()
    {
        var task = new QueryTaskResponse
        {
            Owner = "a\u001b[2Jb",
            Name = "\u001b[2J",
            Labels = { ["a\u001b[2J"] = "\n\u202estate: Finished" },
            Request = new StartTaskRequest
            {
                Binary = "x\nstate: Finished",
                Args = { "\u001b]0;title\u0007", "\u202e", "\u009b31m" },
                WorkingDir = "/\r",
                Environment = { ["A\u001b"] = "\u001b[31m\n" },
            },
            Ending = new Ending { Reason = "\u001b[1m", StopRequestedBy = "\b" },
            Shares = { new TaskShare { User = "\u001b[2J\u202e\nstate: Finished", Read = true } },
        };

        foreach (var args in (string[][])[["inspect"], ["inspect", "-o", "json"], ["query", "-o", "json"]])
        {
            var run = await RunAsync(task, [.. args, Id]);

            Assert.Equal(0, run.ExitCode);
            Assert.DoesNotContain(run.Output, c => (char.IsControl(c) && c != '\n') || c == '\u202e');
            Assert.DoesNotContain("\nstate: Finished", run.Output, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("inspect")]
    [InlineData("query")]
    public async Task As_JSON_it_is_one_object_on_one_line(string command)
    {
        var run = await RunAsync(Stopped, command, "-o", "json", Id);

        Assert.Equal(("", 0), (run.Error, run.ExitCode));
        Assert.Equal(run.Output.Length - 1, run.Output.IndexOf('\n', StringComparison.Ordinal));
        Assert.True(
            JsonNode.DeepEquals(
                JsonNode.Parse($$"""
                    {
                        "id": "{{Id}}",
                        "state": "BrutallyKilled",
                        "ending": {
                            "signal": 9,
                            "signalName": "SIGKILL",
                            "stopRequestedBy": "alice",
                            "graceExpired": true,
                            "processesKilled": 2,
                            "startedAt": "2026-01-02T03:04:05.678Z",
                            "endedAt": "2026-01-02T03:05:36.178Z",
                            "usage": { "userTime": "1.500s", "systemTime": "0.000012s", "maxRssBytes": "15938355" },
                            "lostLogBytes": "0",
                            "outOfMemory": false,
                            "timedOut": false,
                            "attempts": 0
                        },
                        "createdAt": "2026-01-02T03:04:05Z",
                        "request": {
                            "binary": "sh",
                            "args": ["-c", "sleep 300", ""],
                            "workingDir": "/tmp",
                            "environment": { "A": "", "B": "x=y" },
                            "labels": {},
                            "ulimits": [],
                            "logQuotaBytes": "0",
                            "stdin": false
                        },
                        "owner": "alice",
                        "shares": [
                            {
                                "user": "bob",
                                "read": true,
                                "signal": true,
                                "expiresAt": "2026-01-02T04:04:05Z",
                                "sharedAt": "2026-01-02T03:04:05Z",
                                "attach": false
                            },
                            {
                                "user": "carol",
                                "read": true,
                                "signal": false,
                                "sharedAt": "2026-01-02T03:04:06Z",
                                "attach": false
                            }
                        ],
                        "environmentWithheld": false,
                        "account": "",
                        "name": "",
                        "labels": {},
                        "attempt": 0
                    }
                    """),
                JsonNode.Parse(run.Output)),
            run.Output);
    }

    [Fact]
    public async Task A_script_finds_an_exit_code_only_where_there_is_one()
    {
        var exited = await RunAsync(
            new QueryTaskResponse { StatusCode = TaskStatusCode.Finished, ExitCode = 0 }, "query", "-o", "json", Id);
        var running = await RunAsync(
            new QueryTaskResponse { StatusCode = TaskStatusCode.Running }, "query", "-o", "json", Id);

        Assert.Equal(0, (int)JsonNode.Parse(exited.Output)!["exitCode"]!);
        Assert.Null(JsonNode.Parse(running.Output)!["exitCode"]);
        Assert.Equal("Running", (string?)JsonNode.Parse(running.Output)!["state"]);
    }

    [Fact]
    public async Task A_state_of_a_newer_server_and_a_signal_without_a_name_are_told_all_the_same()
    {
        var task = new QueryTaskResponse { StatusCode = (TaskStatusCode)77, Ending = new Ending { Signal = 33 } };

        var json = JsonNode.Parse((await RunAsync(task, "inspect", "-o", "json", Id)).Output)!;
        var text = (await RunAsync(task, "inspect", Id)).Output;

        Assert.Equal(("Unknown(77)", 33), ((string?)json["state"], (int)json["ending"]!["signal"]!));
        Assert.Null(json["ending"]!["signalName"]);
        Assert.Contains("Unknown(77)\n", text, StringComparison.Ordinal);
        Assert.Contains("signal 33\n", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text")]
    [InlineData("json")]
    public async Task A_time_that_is_none_is_one_line_and_a_failure(string format)
    {
        var task = new QueryTaskResponse { CreatedAt = new Timestamp { Seconds = long.MaxValue, Nanos = -1 } };

        var run = await RunAsync(task, "inspect", "-o", format, Id);

        Assert.Equal(("", 125), (run.Output, run.ExitCode));
        Assert.StartsWith("levity: ", run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.TrimEnd('\n').Split('\n'));
    }

    [Theory]
    [InlineData(true, "inspect", Id)]
    [InlineData(true, "query", "-o", "json", Id)]
    [InlineData(false, "query", Id)]
    public async Task The_request_is_asked_for_by_those_who_print_it(bool expected, params string[] args)
    {
        await using var installation = await Installation.StartAsync();
        var asked = new List<bool>();
        installation.Server.Tasks.Query = (request, _) =>
        {
            asked.Add(request.WithRequest);
            return Task.FromResult(new QueryTaskResponse());
        };

        await installation.RunAsync(args);

        Assert.Equal([expected], asked);
    }

    private static async Task<CommandRun> RunAsync(QueryTaskResponse response, params string[] args)
    {
        await using var installation = await Installation.StartAsync();
        installation.Server.Tasks.Query = (_, _) => Task.FromResult(response);
        return await installation.RunAsync(args);
    }
}
