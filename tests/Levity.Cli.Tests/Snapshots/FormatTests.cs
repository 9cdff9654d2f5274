using System.CommandLine;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Google.Protobuf.WellKnownTypes;
using Levity.Cli.Commands;
using Levity.Cli.Tests.Configuration;
using Levity.Cli.Tests.Server;
using Levity.Protocol;
using Terminal = Levity.Cli.Output.Terminal;

namespace Levity.Cli.Tests.Snapshots;

/// <summary>
/// What each verb prints in each of its formats, piped and on a terminal of 72 columns. Formats/ has it, a file for each verb;
/// times, versions and the numbers of certificates are not the same twice, and are words in it.
/// </summary>
public sealed partial class FormatTests : IDisposable
{
    private const string Web = "8f2c1a1e-5d6e-4000-8000-000000000001";
    private const string Other = "0b5e58ca-4f5b-4e0c-9a0c-0b7a3d7b3f11";

    private readonly UserFiles _files = new();

    /// <summary>For each verb with <c>-o</c> what it needs besides, to print something.</summary>
    private static readonly Dictionary<string, string> Operands = new()
    {
        ["ls"] = "-a",
        ["query"] = Web,
        ["inspect"] = Web,
        ["start"] = "--name web true",
        ["wait"] = Web,
        ["events"] = "",
        ["stats"] = "--no-stream",
        ["share"] = $"{Web} --to bob --read",
        ["config-view"] = "",
        ["config-contexts"] = "",
        ["version"] = "",
        ["ca-list"] = "--dir DIR",
    };

    public static TheoryData<string> Verbs => [.. VerbTree.All.Where(verb => OutputOf(verb) is not null).Select(VerbTree.NameOf)];

    public void Dispose() => _files.Dispose();

    [Theory]
    [MemberData(nameof(Verbs))]
    public async Task Each_format_of_a_verb_is_as_it_was_written_down(string name)
    {
        var verb = VerbTree.All.Single(verb => VerbTree.NameOf(verb) == name);
        await using var installation = await Installation.StartAsync();
        Script(installation.Server.Tasks);
        _files.Variables["LEVITY_TIMEOUT"] = "60s"; // the machine may be under load
        _files.Write(
            $"current = \"here\"\n[contexts.here]\naddress = \"{installation.Options[1]}\"\n"
            + "[contexts.there]\naddress = \"a.example:1\"\n");
        var directory = installation.Files.PathOf("ca");
        await _files.RunAsync("ca", "init", "--dir", directory);
        var transcript = new StringBuilder();
        foreach (var format in FormatsOf(verb))
        {
            var words = $"{HelpPage.PathOf(verb)["levity ".Length..]} -o {format} {Operands[name]}".TrimEnd();
            transcript.Append($"$ levity {words}\n");
            string[] args = [.. ServerOf(verb, installation), .. words.Replace("DIR", directory, StringComparison.Ordinal).Split(' ')];
            var piped = await CommandRun.ExecuteAsync(args, _files.Variables);
            AssertIsJson(format, piped.Output);
            transcript.Append(piped.Output).Append(piped.Error);
            if (format is "table" or "wide" or "text")
            {
                var seen = await CommandRun.ExecuteAsync(args, _files.Variables, terminal: new Terminal(72, WithColor: true));
                transcript.Append(seen.Output == piped.Output ? "" : $"--- on a terminal:\n{seen.Output.Replace("\u001b", "<ESC>")}");
            }
        }

        var text = transcript.ToString()
            .Replace(installation.Files.PathOf(""), "FILES/", StringComparison.Ordinal)
            .Replace(_files.Home, "HOME", StringComparison.Ordinal)
            .Replace($":{installation.Server.Port}", ":PORT", StringComparison.Ordinal);
        text = Changing().Replace(text, "…");

        // There the columns are as wide as what is not the same twice.
        Snapshot.Check("Formats", name, name is not "version" && !name.Contains('-') ? text : Blanks().Replace(text, "  "));
    }

    [Fact]
    public void Nothing_is_written_down_of_verbs_that_there_are_not() =>
        Assert.Empty(Snapshot.NamesIn("Formats").Except(Verbs.Select(row => row.Data)));

    // What differs from run to run: times, ages, commits, versions, serial numbers.
    [GeneratedRegex(@"20\d\d-\d\d-\d\d(T[0-9:.]+Z)?|(?<=\b(levity|levity"":\{""version"":"") *)\d+\.\d+\.\d+|\b[0-9A-Fa-f]{28,40}\b")]
    private static partial Regex Changing();

    [GeneratedRegex("   +")]
    private static partial Regex Blanks();

    private static OutputOption? OutputOf(Command verb) => verb.Options.OfType<OutputOption>().SingleOrDefault();

    private static IEnumerable<string> FormatsOf(Command verb) =>
        OutputOf(verb)!.GetCompletions(System.CommandLine.Completions.CompletionContext.Empty).Select(item => item.Label);

    private static string[] ServerOf(Command verb, Installation installation) =>
        verb is Verb { TakesServerOptions: true } ? installation.Options : [];

    // The one rule of all verbs.
    private static void AssertIsJson(string format, string output)
    {
        var documents = format switch
        {
            "json" => [output],
            "jsonl" => output.Split('\n', StringSplitOptions.RemoveEmptyEntries),
            _ => Array.Empty<string>(),
        };
        foreach (var document in documents)
        {
            using var json = JsonDocument.Parse(document);
            Assert.True(format == "json" || json.RootElement.ValueKind == JsonValueKind.Object, document);
        }
    }

    private static void Script(ScriptedTaskManager tasks)
    {
        var running = new QueryTaskResponse
        {
            StatusCode = TaskStatusCode.Running,
            Name = "web",
            Owner = "alice",
            Labels = { ["app"] = "x" },
        };
        var over = new QueryTaskResponse { StatusCode = TaskStatusCode.Finished, Owner = "alice", Ending = new Ending { Signal = 9 } };
        var (one, two) = (new TaskHandle { Id = Web }, new TaskHandle { Id = Other });
        TaskEntry[] entries =
        [
            new() { TaskId = one, Binary = "/usr/bin/server", Args = { "--title", "[red]日本[/]", "\u001b[2J" }, Report = running },
            new() { TaskId = two, Binary = "true", Report = over },
        ];
        tasks.List = _ => new ListTasksResponse { Tasks = { entries } };
        tasks.Query = (request, _) => Task.FromResult(request.TaskId.Id == Web ? running : over);
        tasks.Start = _ => new StartTaskResponse { TaskId = one };
        tasks.Version = () => new GetServerVersionResponse { Version = "9.8.7+c0ffee" };
        tasks.Share = request => new TaskShare { User = request.User, Read = request.Read };
        tasks.Watch = (_, writer, _) => writer.WriteAsync(new WatchTaskResponse
        {
            Report = new QueryTaskResponse { StatusCode = TaskStatusCode.Finished, ExitCode = 0, Name = "web" },
        });
        tasks.WatchAll = async (_, writer, _) =>
        {
            var time = new Timestamp { Seconds = 1_767_323_135 };
            await writer.WriteAsync(new WatchTasksResponse { Time = time, Synced = new TasksSynced() });
            await writer.WriteAsync(new WatchTasksResponse { Time = time, Task = entries[0] });
            await writer.WriteAsync(new WatchTasksResponse { Time = time, Removed = two });
            throw new Grpc.Core.RpcException(new Grpc.Core.Status(Grpc.Core.StatusCode.PermissionDenied, "enough was seen"));
        };
        tasks.Stats = (_, writer, _) => writer.WriteAsync(new StreamStatsResponse
        {
            Stats =
            {
                new TaskStats
                {
                    TaskId = one,
                    Owner = "alice",
                    Name = "web",
                    Binary = "server",
                    CpuShare = 0.5,
                    MemoryBytes = 4096,
                    Processes = 2,
                },
            },
            RoundComplete = true,
        });
    }
}
