using System.CommandLine;
using Google.Protobuf.WellKnownTypes;
using Levity.Cli.Commands.Listing;
using Levity.Cli.Output;
using Levity.Protocol;

namespace Levity.Cli.Commands.Watching;

/// <summary>
/// <c>levity events</c>: a line for each new state of a task, as it comes, until it is interrupted. With <c>--since</c> it
/// begins with what has become, by now, of the tasks that were started or have ended since then.
/// </summary>
internal sealed class EventsCommand : Verb
{
    private readonly TaskFilterOptions _filter = new();

    private readonly Option<string?> _since = new("--since")
    {
        HelpName = "TIME",
        Description = "Also what was started or over since then: 2026-11-25T17:45:00Z, or 5m.",
    };

    private readonly OutputOption _output = new(OutputFormat.Text, OutputFormat.JsonLines);

    public EventsCommand(GlobalOptions globals, CommandContext context)
        : base("events", "Prints what happens to tasks, as it happens.")
    {
        Examples =
        [
            new("levity events", "A line for each new state of a task of yours."),
            new("levity events --since 10m --state Lost --all-owners", "Tasks that were lost, from ten minutes ago on."),
            new("levity events -o jsonl | jq -c '[.task.id, .task.state]'", "For a program."),
        ];
        _filter.AddTo(this);
        Options.Add(_since);
        Options.Add(_output);
        SetAction((parsed, cancellationToken) => RunAsync(parsed, globals, context, cancellationToken));
    }

    private async Task<int> RunAsync(
        ParseResult parsed, GlobalOptions globals, CommandContext context, CancellationToken cancellationToken)
    {
        var since = TypedTime.Read(parsed, _since, context.Time.GetUtcNow());
        var request = new WatchTasksRequest { Filter = _filter.Read(parsed), EndedSince = since };
        var asJson = parsed.GetValue(_output) != OutputFormat.Text;
        using var client = globals.Connect(parsed, context);
        var isPresent = true;
        await foreach (var message in client.WatchTasksAsync(request, Resuming, cancellationToken))
        {
            switch (message.EventCase)
            {
                case WatchTasksResponse.EventOneofCase.Synced:
                    isPresent = false;
                    break;
                case WatchTasksResponse.EventOneofCase.Missed:
                    context.Output.Report("some changes were missed; what has become of these tasks follows");
                    break;
                case WatchTasksResponse.EventOneofCase.Task when isPresent && !HasHappenedSince(message.Task.Report, since):
                    break;
                default:
                    context.Output.WriteLine(asJson ? TaskEventText.Json(message) : TaskEventText.Line(message));
                    break;
            }
        }

        return ExitCodes.Success;

        void Resuming() => context.Output.Report("connection lost, resuming…");
    }

    // What was there before is no event.
    private static bool HasHappenedSince(QueryTaskResponse task, Timestamp? since) =>
        since is not null && (task.CreatedAt?.CompareTo(since) >= 0 || task.Ending?.EndedAt?.CompareTo(since) >= 0);
}
