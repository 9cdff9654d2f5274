using System.Text.Json.Nodes;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Levity.Protocol;

namespace Levity.Cli.Tests.Commands.Watching;

/// <summary><c>levity events</c>: each new state of a task, once.</summary>
public sealed class EventsCommandTests
{
    private const string Id = "8f2c1a1e-5d6e-4000-8000-00000000000";

    private static readonly Timestamp Time = new() { Seconds = 1_800_000_000 };

    [Fact]
    public async Task What_was_there_before_is_no_event_and_what_happens_then_is_a_line()
    {
        var run = await EventsAsync(
            [[State(1, TaskStatusCode.Running), Synced, State(1, TaskStatusCode.Signalled), Finished(1, 3), Removed(1)]]);

        Assert.Equal(
            $"""
            2027-01-15T08:00:00.000Z  {Id}1  Signalled         web  sleep \u001b300
            2027-01-15T08:00:00.000Z  {Id}1  Finished (3)      web  sleep \u001b300
            2027-01-15T08:00:00.000Z  {Id}1  Removed

            """.Replace("\\u001b", "\\u{1b}", StringComparison.Ordinal),
            run.Output);
    }

    [Fact]
    public async Task With_since_it_begins_with_what_has_happened_since_then()
    {
        var old = State(1, TaskStatusCode.Running);
        old.Task.Report.CreatedAt = new Timestamp { Seconds = 1 };
        var run = await EventsAsync(
            [[old, State(2, TaskStatusCode.Running), Finished(3, 0), Synced]], "--since", "2027-01-15T07:59:59Z");

        Assert.Equal([$"{Id}2", $"{Id}3"], run.Output.TrimEnd('\n').Split('\n').Select(line => line.Split("  ")[1]));
    }

    [Fact]
    public async Task After_a_break_each_state_comes_once_and_what_happened_meanwhile_too()
    {
        var run = await EventsAsync(
        [
            [State(1, TaskStatusCode.Running), State(2, TaskStatusCode.Running), Synced, Finished(1, 0)],
            [State(2, TaskStatusCode.Signalled), Finished(1, 0), Ended(5, Time.Seconds - 30), Finished(6, 0), Synced, Finished(2, 1)],
        ]);

        Assert.Equal(
            ["1 Finished (0)", "2 Signalled", "6 Finished (0)", "2 Finished (1)"],
            run.Output.TrimEnd('\n').Split('\n').Select(line => line.Split("  "))
                .Select(words => $"{words[1][^1]} {words[2].Trim()}"));
        Assert.StartsWith("levity: connection lost, resuming…\n", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_missed_is_told_and_goes_on_with_the_present_state()
    {
        var run = await EventsAsync([[Synced, new WatchTasksResponse { Time = Time, Missed = new TasksMissed() }, Finished(1, 0), Synced]]);

        Assert.StartsWith("levity: some changes were missed", run.Error, StringComparison.Ordinal);
        Assert.Contains("Finished (0)", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Programs_get_an_object_a_line()
    {
        var run = await EventsAsync([[Synced, Finished(1, 3), Removed(1)]], "-o", "jsonl");

        var lines = run.Output.TrimEnd('\n').Split('\n').Select(line => JsonNode.Parse(line)!).ToList();
        Assert.Equal(("state", 3, "web"),
            ((string?)lines[0]["event"], (int)lines[0]["task"]!["exitCode"]!, (string?)lines[0]["task"]!["name"]));
        Assert.Equal(("removed", $"{Id}1"), ((string?)lines[1]["event"], (string?)lines[1]["id"]));
    }

    private static WatchTasksResponse Synced => new() { Time = Time, Synced = new TasksSynced() };

    private static WatchTasksResponse Removed(int number) => new() { Time = Time, Removed = new TaskHandle { Id = $"{Id}{number}" } };

    private static WatchTasksResponse Finished(int number, int code)
    {
        var message = Ended(number, Time.Seconds);
        message.Task.Report.ExitCode = code;
        return message;
    }

    private static WatchTasksResponse Ended(int number, long at)
    {
        var message = State(number, TaskStatusCode.Finished);
        message.Task.Report.Ending = new Ending { EndedAt = new Timestamp { Seconds = at } };
        return message;
    }

    private static WatchTasksResponse State(int number, TaskStatusCode state) => new()
    {
        Time = Time,
        Task = new TaskEntry
        {
            TaskId = new TaskHandle { Id = $"{Id}{number}" },
            Binary = "sleep",
            Args = { "\u001b300" },
            Report = new QueryTaskResponse { StatusCode = state, Name = "web", CreatedAt = Time },
        },
    };

    /// <summary>Runs it against a server that sends these, a list for each connection, and then refuses to go on.</summary>
    private static async Task<CommandRun> EventsAsync(WatchTasksResponse[][] connections, params string[] args)
    {
        await using var installation = await Installation.StartAsync();
        var (requests, count) = (new List<WatchTasksRequest>(), 0);
        installation.Server.Tasks.WatchAll = async (request, writer, call) =>
        {
            requests.Add(request);
            foreach (var message in connections[count])
            {
                await writer.WriteAsync(message, call.CancellationToken);
            }

            throw ++count < connections.Length
                ? new RpcException(new Status(StatusCode.Unavailable, "restarted"))
                : new RpcException(new Status(StatusCode.PermissionDenied, "enough"));
        };

        var run = await installation.RunAsync(["events", .. args]);

        Assert.EndsWith("levity: not allowed: enough\n", run.Error, StringComparison.Ordinal);
        Assert.All(requests.Skip(1), request => Assert.Equal(Time.Seconds - 60, request.EndedSince.Seconds));
        return run;
    }
}
