using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Levity.Cli.Output;
using Levity.Protocol;

namespace Levity.Cli.Commands.Listing;

/// <summary><c>levity ls</c>: the tasks that there are, the newest first; those that are not over, unless more is asked for.</summary>
internal sealed class ListCommand : Verb
{
    private const int LargestPage = 1000;

    private readonly TaskFilterOptions _filter = new();

    private readonly Option<bool> _all = new("--all", "-a")
    {
        Description = "Also those that are over.",
        Arity = ArgumentArity.Zero,
    };

    private readonly Option<string?> _since = new("--since")
    {
        HelpName = "TIME",
        Description = "Only those started since then: 2026-11-25T17:45:00Z, or 5m (ago).",
    };

    private readonly Option<int?> _count = new("--last", "-n")
    {
        HelpName = "N",
        Description = "At most the newest N.",
        CustomParser = ParseCount,
    };

    private readonly Option<bool> _quiet = new("--quiet", "-q")
    {
        Description = "Only the ids, a line each.",
        Arity = ArgumentArity.Zero,
    };

    private readonly OutputOption _output = OutputOption.OfMany(OutputFormat.Wide);

    public ListCommand(GlobalOptions globals, CommandContext context)
        : base("ls", "Lists tasks.")
    {
        Examples =
        [
            new("levity ls", "What is running."),
            new("levity ls -a --since 1h -l app=web", "Also what is over, of the last hour, with a label."),
            new("levity ls -aq --state Finished | xargs -r levity rm", "All that have ended by themselves go."),
        ];
        Aliases.Add("ps");
        Options.Add(_all);
        _filter.AddTo(this);
        Options.Add(_since);
        Options.Add(_count);
        Options.Add(_quiet);
        Options.Add(_output);
        Validators.Add(result =>
        {
            if (result.GetValue(_quiet) && result.GetResult(_output) is { Implicit: false })
            {
                result.AddError("--quiet and --output exclude each other");
            }
        });
        SetAction((parsed, cancellationToken) => RunAsync(parsed, globals, context, cancellationToken));
    }

    private async Task<int> RunAsync(
        ParseResult parsed, GlobalOptions globals, CommandContext context, CancellationToken cancellationToken)
    {
        var now = context.Time.GetUtcNow();
        var filter = _filter.Read(parsed);
        filter.CreatedSince = TypedTime.Read(parsed, _since, now);
        if (filter.States.Count == 0 && !parsed.GetValue(_all))
        {
            filter.States.AddRange(StateNames.Live);
        }

        using var client = globals.Connect(parsed, context);
        var printer = PrinterOf(parsed, context.Output, now);
        var most = parsed.GetValue(_count) ?? int.MaxValue;
        var request = new ListTasksRequest { Filter = filter, PageSize = Math.Min(most, LargestPage) };
        await foreach (var task in client.ListAsync(request, cancellationToken).Take(most))
        {
            printer.Print(task);
        }

        printer.End();
        return ExitCodes.Success;
    }

    private IPrinter<TaskEntry> PrinterOf(ParseResult parsed, ConsoleOutput output, DateTimeOffset now) =>
        parsed.GetValue(_quiet)
            ? new Lines<TaskEntry>(output, task => task.TaskId.Id)
            : _output.PrinterOf(
                parsed,
                output,
                TaskJson.Of,
                task => TaskText.NameOf(task.TaskId.Id, task.Report),
                () => new TaskTable(
                    output, now, _filter.MayBeOfOthers(parsed), isWide: parsed.GetValue(_output) == OutputFormat.Wide));

    private static int? ParseCount(ArgumentResult result)
    {
        if (int.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0)
        {
            return count;
        }

        result.AddError($"--last wants a number of tasks above zero, and '{result.Tokens[0].Value}' is none");
        return null;
    }
}
