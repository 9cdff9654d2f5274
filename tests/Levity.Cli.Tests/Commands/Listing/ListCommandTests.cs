using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Google.Protobuf.WellKnownTypes;
using Levity.Protocol;
using Microsoft.Extensions.Time.Testing;
using Terminal = Levity.Cli.Output.Terminal;

namespace Levity.Cli.Tests.Commands.Listing;

/// <summary><c>levity ls</c>: what is asked for, and in which forms it is printed.</summary>
public sealed class ListCommandTests
{
    private const string Id = "8f2c1a1e-5d6e-4000-8000-00000000000";

    // Within the certificates' time.
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    private static readonly string Day = $"{Now - TimeSpan.FromHours(27):yyyy-MM-dd'T'HH:mm:ss'Z'}";

    private static TaskEntry Web => new()
    {
        TaskId = new TaskHandle { Id = $"{Id}1" },
        Binary = "sleep",
        Args = { "300" },
        Report = new QueryTaskResponse
        {
            StatusCode = TaskStatusCode.Running,
            Name = "web",
            Owner = "alice",
            Labels = { ["b"] = "", ["a"] = "x" },
            CreatedAt = (Now - TimeSpan.FromSeconds(125)).ToTimestamp(),
        },
    };

    private static TaskEntry Ended => new()
    {
        TaskId = new TaskHandle { Id = $"{Id}2" },
        Binary = "sh",
        Args = { "-c", "\u001b[2J\u202e a\nb" },
        ArgsCut = true,
        Report = new QueryTaskResponse
        {
            StatusCode = TaskStatusCode.Finished,
            Owner = "b\u001b[2Job",
            CreatedAt = (Now - TimeSpan.FromHours(27)).ToTimestamp(),
            Ending = new Ending
            {
                Signal = 9,
                StartedAt = (Now - TimeSpan.FromHours(27)).ToTimestamp(),
                EndedAt = (Now - TimeSpan.FromHours(27)).ToTimestamp(),
            },
        },
    };

    [Fact]
    public async Task People_get_a_table_in_which_nothing_is_obeyed_by_the_terminal()
    {
        var (run, _) = await ListAsync([Web, Ended], null, "ls", "-a");

        Assert.Equal(
            """
            ID             NAME  STATE               AGE   COMMAND
            8f2c1a1e-5d6e  web   Running             2m5s  sleep 300
            8f2c1a1e-5d6e  -     Finished (SIGKILL)  1d3h  sh -c \u{1b}[2J\u{202e} a\nb…

            """,
            run.Output);
        Assert.Equal(("", 0), (run.Error, run.ExitCode));
    }

    [Fact]
    public async Task On_a_terminal_the_heads_stand_out_and_the_last_column_is_cut_at_the_edge_but_not_elsewhere()
    {
        var (colored, _) = await ListAsync([Web, Ended], new Terminal(68, WithColor: true), "ls", "-a");
        var (plain, _) = await ListAsync([Web, Ended], new Terminal(20, WithColor: false), "ls", "-a");

        Assert.Equal(
            """
            **ID**             **NAME**  **STATE**               **AGE**   **COMMAND**
            8f2c1a1e-5d6e  web   _Running_             2m5s  sleep 300
            8f2c1a1e-5d6e  -     _Finished (SIGKILL)_  1d3h  sh -c \u{1b}[2J\u{20…

            """,
            Regex.Replace(
                Regex.Replace(colored.Output, "\u001b\\[1m(.*?)\u001b\\[0m", "**$1**"), "\u001b\\[3[12]m(.*?)\u001b\\[0m", "_$1_"));
        Assert.Equal("8f2c1a1e-5d6e  -     Finished (SIGKILL)  1d3h  sh -c \\u{…", plain.Output.Split('\n')[2]);
    }

    [Fact]
    public async Task A_wide_table_has_whole_ids_times_and_labels()
    {
        var (run, _) = await ListAsync([Web, Ended], null, "ls", "-a", "-o", "wide");
        var rows = run.Output.TrimEnd('\n').Split('\n')
            .Select(line => line.Split("  ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).ToList();

        Assert.Equal(["ID", "NAME", "STATE", "OWNER", "STARTED", "ENDED", "RAN FOR", "LABELS", "COMMAND"], rows[0]);
        Assert.Equal([$"{Id}1", "web", "Running", "alice", rows[1][4], "-", "2m5s", "a=x,b", "sleep 300"], rows[1]);
        Assert.Equal(
            [$"{Id}2", "-", "Finished (SIGKILL)", "b\\u{1b}[2Job", Day, Day, "0s", "-", "sh -c \\u{1b}[2J\\u{202e} a\\nb…"], rows[2]);
    }

    [Fact]
    public async Task Programs_get_JSON_as_an_array_or_an_object_a_line()
    {
        var (array, _) = await ListAsync([Web, Ended], null, "ls", "-a", "-o", "json");
        var (lines, _) = await ListAsync([Web, Ended], null, "ls", "-a", "-o", "jsonl");
        var (none, _) = await ListAsync([], null, "ls", "-a", "-o", "json");

        var tasks = JsonNode.Parse(array.Output)!.AsArray();
        Assert.Equal(["web", ""], tasks.Select(task => (string?)task!["name"]));
        Assert.Equal("[\"-c\",\"\\u001B[2J\\u202E a\\nb\"]", tasks[1]!["args"]!.ToJsonString());
        Assert.Equal(("sleep", "Running", $"{Id}1", "x"),
            ((string?)tasks[0]!["binary"], (string?)tasks[0]!["state"], (string?)tasks[0]!["id"], (string?)tasks[0]!["labels"]!["a"]));
        Assert.Equal(tasks.Select(task => task!.ToJsonString()), lines.Output.TrimEnd('\n').Split('\n')
            .Select(line => JsonNode.Parse(line)!.ToJsonString()));
        Assert.DoesNotContain(array.Output + lines.Output, c => char.IsControl(c) && c != '\n');
        Assert.Equal("[]\n", none.Output);
    }

    [Fact]
    public async Task Scripts_get_ids_or_names()
    {
        var (ids, _) = await ListAsync([Web, Ended], null, "ps", "-aq");
        var (names, _) = await ListAsync([Web, Ended], null, "ls", "-a", "-o", "name");

        Assert.Equal($"{Id}1\n{Id}2\n", ids.Output);
        Assert.Equal($"web\n{Id}2\n", names.Output);
    }

    [Fact]
    public async Task Those_that_are_not_over_are_asked_for_unless_more_is()
    {
        var (_, usual) = await ListAsync([], null, "ls");
        var (_, all) = await ListAsync([], null, "ls", "-a");
        var (_, one) = await ListAsync(
            [],
            null,
            "ls", "--state", "finished", "--state", "Lost", "-l", "app=web", "-l", "x", "-l", "y=", "--name", "web", "--owner", "bob",
            "--all-owners", "--since", "5m");

        Assert.Equal(
            [TaskStatusCode.NotStarted, TaskStatusCode.Running, TaskStatusCode.Signalled], Assert.Single(usual).Filter.States);
        Assert.Equal(new TaskFilter(), Assert.Single(all).Filter);
        Assert.Equal(
            new TaskFilter
            {
                States = { TaskStatusCode.Finished, TaskStatusCode.Lost },
                Labels =
                {
                    new LabelSelector { Key = "app", Value = "web" },
                    new LabelSelector { Key = "x" },
                    new LabelSelector { Key = "y", Value = "" },
                },
                Name = "web",
                Owner = "bob",
                AllOwners = true,
                CreatedSince = (Now - TimeSpan.FromMinutes(5)).ToTimestamp(),
            },
            Assert.Single(one).Filter);
    }

    [Fact]
    public async Task Of_others_the_table_says_whose_they_are()
    {
        var (run, _) = await ListAsync([Web], null, "ls", "--all-owners");

        Assert.StartsWith("ID             NAME  STATE    OWNER  AGE   COMMAND\n", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_after_page_is_asked_for_until_there_are_enough()
    {
        var (all, pages) = await ListAsync([.. Enumerable.Repeat(Web, 2_500)], null, "ls", "-aq");
        var (some, few) = await ListAsync([.. Enumerable.Repeat(Web, 2_500)], null, "ls", "-aq", "-n", "1001");

        Assert.Equal((2_500, 1_001), (all.Output.Count(c => c == '\n'), some.Output.Count(c => c == '\n')));
        Assert.Equal(["", "1000", "2000"], pages.Select(request => request.PageToken));
        Assert.Equal(["", "1000"], few.Select(request => request.PageToken));
    }

    private static async Task<(CommandRun Run, List<ListTasksRequest> Requests)> ListAsync(
        TaskEntry[] tasks, Terminal? terminal, params string[] args)
    {
        await using var installation = await Installation.StartAsync();
        var requests = new List<ListTasksRequest>();
        installation.Server.Tasks.List = request =>
        {
            requests.Add(request);
            var from = request.PageToken.Length > 0 ? int.Parse(request.PageToken) : 0;
            var to = from + request.PageSize;
            var page = new ListTasksResponse { NextPageToken = to < tasks.Length ? $"{to}" : "" };
            page.Tasks.AddRange(tasks.Skip(from).Take(request.PageSize));
            return page;
        };
        var run = await CommandRun.ExecuteAsync(
            [.. installation.Options, .. args], time: new FakeTimeProvider(Now), terminal: terminal);
        return (run, requests);
    }
}
