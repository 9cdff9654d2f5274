using System.CommandLine;
using Levity.Cli.Commands.Naming;
using Levity.Cli.Output;
using Levity.Protocol;

namespace Levity.Cli.Commands.Watching;

/// <summary>
/// <c>levity wait</c>: waits for the end of tasks, and ends with their exit code: of one its own, of several that of the
/// first, in the order in which they were given, which is not 0. With <c>--any</c> it is that of the one that ends first.
/// What is no plain exit with 0 is told on stderr. Tasks are not changed by it.
/// </summary>
internal sealed class WaitCommand : Verb
{
    // Each is a stream, and an HTTP/2 connection carries 100.
    private const int MostAtOnce = 64;

    private readonly TaskArgument _tasks = new(takesMany: true);

    private readonly Option<bool> _any = new("--any")
    {
        Description = "Until one of them is over, whose exit code counts.",
        Arity = ArgumentArity.Zero,
    };

    private readonly Option<bool> _all = new("--all")
    {
        Description = "Until all of them are over; this is what it does anyway.",
        Arity = ArgumentArity.Zero,
    };

    private readonly DurationOption _for = new("--for", "No longer than this; then it ends with 124, and the tasks go on.");

    private readonly OutputOption _output = OutputOption.OfOne();

    public WaitCommand(GlobalOptions globals, CommandContext context)
        : base("wait", "Waits until tasks are over, and ends with their exit code.")
    {
        Examples =
        [
            new("levity wait $id", "Ends with the exit code of the task, 128 + n if signal n ended it."),
            new("levity wait --any --for 10m web db", "Until one of the two is over, or ten minutes."),
            new("levity wait -o jsonl $id | jq .ending", "How it ended, for a program."),
        ];
        _tasks.AddTo(this);
        Options.Add(_any);
        Options.Add(_all);
        Options.Add(_for);
        Options.Add(_output);
        Validators.Add(result =>
        {
            if (result.GetValue(_any) && result.GetValue(_all))
            {
                result.AddError("--any and --all exclude each other");
            }
        });
        SetAction((parsed, cancellationToken) => RunAsync(parsed, globals, context, cancellationToken));
    }

    private async Task<int> RunAsync(
        ParseResult parsed, GlobalOptions globals, CommandContext context, CancellationToken cancellationToken)
    {
        var references = _tasks.Read(parsed);
        if (references.Count > MostAtOnce)
        {
            throw new CommandException($"wait takes {MostAtOnce} tasks at a time, and these are {references.Count}");
        }

        using var client = globals.Connect(parsed, context);
        var ids = new List<string>();
        foreach (var task in references)
        {
            ids.Add((await task.FindAsync(client, cancellationToken)).Id);
        }

        var printer = parsed.GetValue(_output) == OutputFormat.Text ? null : _output.PrinterOf<EndedTask>(
            parsed,
            context.Output,
            task => TaskJson.Of(task.Id, task.Report),
            task => TaskText.NameOf(task.Id, task.Report),
            () => throw new InvalidOperationException("there is no other format"));
        var waiting = new WaitedTasks(client, context, ids, references.Count > 1, printer);
        using var timeout = new CancellationTokenSource(TimeToWait(parsed), context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            return parsed.GetValue(_any) ? await waiting.AnyAsync(either.Token) : await waiting.AllAsync(either.Token);
        }
        catch (OperationCanceledException e) when (timeout.IsCancellationRequested)
        {
            throw new CommandException(
                $"not over within {GoDuration.Format(parsed.GetValue(_for)!.Value)}: {string.Join(", ", waiting.NotOver)}; "
                + "waiting is over, and they go on",
                e,
                ExitCodes.TimedOut);
        }
        finally
        {
            printer?.End();
        }
    }

    // What is longer than the timers of the platform can count is for ever.
    private TimeSpan TimeToWait(ParseResult parsed) =>
        parsed.GetValue(_for) is { TotalDays: < 49 } time ? time : Timeout.InfiniteTimeSpan;
}
