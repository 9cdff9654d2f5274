using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Levity.Cli.Output;
using Levity.Protocol;
using Microsoft.Extensions.Time.Testing;

namespace Levity.Cli.Tests.Commands.Stats;

public sealed class StatsCommandTests
{
    private const string Id = "0b5e58ca-4f5b-4e0c-9a0c-0b7a3d7b3f11";
    private const string Other = "8f2c1a1e-0000-4000-8000-000000000001";

    private static readonly TaskStats Busy = new()
    {
        TaskId = new TaskHandle { Id = Id },
        Owner = "alice",
        Name = "build",
        Binary = "/usr/bin/make",
        StartedAt = Timestamp.FromDateTimeOffset(TimeProvider.System.GetUtcNow().AddDays(-10.5)),
        UserTime = new Duration { Seconds = 61 },
        SystemTime = new Duration { Nanos = 500_000_000 },
        CpuShare = 1.5,
        MemoryBytes = 12_900_000,
        MemoryPeakBytes = 3L << 30,
        Processes = 7,
        Limits = new ResourceLimits { MemoryBytes = 4L << 30, CpuMillis = 2000 },
    };

    private static readonly TaskStats Hostile = new()
    {
        TaskId = new TaskHandle { Id = Other },
        Owner = "bob",
        Binary = "ls\u001b[2J",
        MemoryBytes = 999,
        Processes = 1,
    };

    [Fact]
    public async Task A_round_is_a_table_and_nothing_in_it_is_obeyed_by_a_terminal()
    {
        var run = await RunAsync([[Busy, Hostile]], "stats", "--no-stream");

        Assert.Equal(
            """
            ID             NAME   CPU            MEMORY      PEAK  PROCESSES  CPU TIME  AGE  COMMAND
            0b5e58ca-4f5b  build  150.0%/200.0%  12.3M/4.0G  3.0G  7          61.5s     10d  /usr/bin/make
            8f2c1a1e-0000  -      -              1.0K        -     1          0.0s      -    ls\u{1b}[2J

            """,
            run.Output);
        Assert.Equal(("", 0), (run.Error, run.ExitCode));
    }

    [Fact]
    public async Task What_is_asked_for_is_the_own_tasks_or_those_of_all_or_one()
    {
        var requests = new List<StreamStatsRequest>();

        await RunAsync([[]], requests, "stats");
        await RunAsync([[]], requests, "stats", "--all-owners", "--no-stream", "--interval", "5s");
        await RunAsync([[Busy]], requests, "stats", Id);

        Assert.Equal(
            [
                new StreamStatsRequest(),
                new StreamStatsRequest { Everybody = true, Once = true, Interval = new Duration { Seconds = 5 } },
                new StreamStatsRequest { TaskId = new TaskHandle { Id = Id } },
            ],
            requests);
    }

    [Fact]
    public async Task Several_tasks_are_in_one_table_until_all_of_them_are_over()
    {
        await using var installation = await Installation.StartAsync();
        installation.Server.Tasks.Stats = async (request, writer, _) =>
        {
            var stats = request.TaskId.Id == Id ? Busy : Hostile;
            for (var round = 0; round < (request.TaskId.Id == Id ? 2 : 1); round++)
            {
                await writer.WriteAsync(new StreamStatsResponse { Stats = { stats }, RoundComplete = true });
            }
        };

        var run = await installation.RunAsync("stats", Id, Other, "-o", "jsonl");

        var ids = run.Output.TrimEnd('\n').Split('\n').Select(line => JsonDocument.Parse(line).RootElement.GetProperty("id").GetString());
        Assert.Equal([Id, Other, Id], ids);
    }

    [Fact]
    public async Task As_JSON_one_look_is_an_array_and_rounds_are_an_object_a_line()
    {
        var once = await RunAsync([[Hostile]], "stats", "--no-stream", "-o", "json");
        var lines = await RunAsync([[Hostile], [Hostile]], "stats", "-o", "jsonl");

        Assert.Equal(
            $$"""
            [{"id":"{{Other}}","owner":"bob","binary":"ls\u001B[2J","memoryBytes":"999","processes":1,"name":""}
            ]

            """,
            once.Output);
        Assert.Equal(Enumerable.Repeat(once.Output[1..once.Output.IndexOf('\n')], 2), lines.Output.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public async Task A_round_may_come_in_many_messages()
    {
        await using var installation = await Installation.StartAsync();
        installation.Server.Tasks.Stats = async (_, writer, _) =>
        {
            await writer.WriteAsync(new StreamStatsResponse { Stats = { Busy } });
            await writer.WriteAsync(new StreamStatsResponse { Stats = { Hostile }, RoundComplete = true });
        };

        var run = await installation.RunAsync("stats", "--no-stream", "-o", "json");

        Assert.Equal(2, JsonDocument.Parse(run.Output).RootElement.GetArrayLength());
    }

    [Fact]
    public async Task Top_is_for_terminals()
    {
        var run = await CommandRun.ExecuteAsync(["top"]);

        Assert.Equal(
            (125, "levity: standard output is no terminal: levity stats is for files and pipes\n"), (run.ExitCode, run.Error));
    }

    [Fact]
    public void Top_shows_as_many_as_there_is_room_for_those_that_use_most_first()
    {
        var time = new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(1_767_323_135));
        var view = new TopView(withOwner: true, time);
        var idle = new TaskStats(Hostile) { CpuShare = 0, MemoryBytes = 5L << 30 };
        view.Show([idle, Busy]);

        Assert.Equal([Id[..13], Other[..13]], IdsOf(view.Render((100, 24), withColor: false)));
        view.Sort('m');
        view.Sort('x');
        Assert.Equal([Other[..13], Id[..13]], IdsOf(view.Render((100, 24), withColor: false)));
        Assert.Equal([Other[..13]], IdsOf(view.Render((100, 4), withColor: false)));
        view.Sort('c');
        var lines = view.Render((60, 4), withColor: false).Split("\r\n");

        Assert.Equal(4, lines.Length);
        Assert.StartsWith(
            "levity top - 03:05:35 UTC, 2 tasks, 150.0% of a processor, by processor", lines[0][3..], StringComparison.Ordinal);
        Assert.All(lines, line => Assert.StartsWith("\u001b[K", line, StringComparison.Ordinal));
        Assert.DoesNotContain("\u001b[2J", string.Concat(lines), StringComparison.Ordinal);
    }

    private static IEnumerable<string> IdsOf(string screen) =>
        screen.Split("\r\n").Skip(3).Select(line => line[3..16]);

    private static Task<CommandRun> RunAsync(TaskStats[][] rounds, params string[] args) => RunAsync(rounds, [], args);

    private static async Task<CommandRun> RunAsync(
        TaskStats[][] rounds, List<StreamStatsRequest> requests, params string[] args)
    {
        await using var installation = await Installation.StartAsync();
        installation.Server.Tasks.Stats = async (request, writer, _) =>
        {
            requests.Add(request);
            foreach (var round in rounds)
            {
                await writer.WriteAsync(new StreamStatsResponse { Stats = { round }, RoundComplete = true });
            }
        };
        return await installation.RunAsync(args);
    }
}
