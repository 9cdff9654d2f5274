using System.CommandLine;
using Levity.Cli.Output;
using Levity.Protocol;

namespace Levity.Cli.Commands.Stats;

/// <summary><c>levity stats</c>: what tasks use, again and again, until they are over or nobody wants to know any more.</summary>
internal sealed class StatsCommand : Verb
{
    private readonly StatsOptions _options = new("1s");

    private readonly Option<bool> _noStream = new("--no-stream")
    {
        Description = "Once, and no more.",
        Arity = ArgumentArity.Zero,
    };

    private readonly OutputOption _output = OutputOption.OfMany(OutputFormat.Wide);

    public StatsCommand(GlobalOptions globals, CommandContext context)
        : base("stats", "Tells what live tasks use: processor, memory, processes.")
    {
        Examples =
        [
            new("levity stats --no-stream", "What your tasks use just now."),
            new("levity stats $id -o jsonl >> usage.jsonl", "A line a second, until it is over."),
        ];
        _options.AddTo(this);
        Options.Add(_noStream);
        Options.Add(_output);
        Validators.Add(result =>
        {
            if (result.GetValue(_output) == OutputFormat.Json && !result.GetValue(_noStream))
            {
                result.AddError("--output json is one document, and this goes on without an end: use jsonl, or --no-stream");
            }
        });
        SetAction((parsed, cancellationToken) => RunAsync(parsed, globals, context, cancellationToken));
    }

    private async Task<int> RunAsync(
        ParseResult parsed, GlobalOptions globals, CommandContext context, CancellationToken cancellationToken)
    {
        using var client = globals.Connect(parsed, context);
        var request = new StreamStatsRequest { Once = parsed.GetValue(_noStream) };
        await foreach (var round in _options.ReadAsync(parsed, client, request, cancellationToken))
        {
            var printer = PrinterOf(parsed, context);
            foreach (var task in round)
            {
                printer.Print(task);
            }

            printer.End();
        }

        return ExitCodes.Success;
    }

    private IPrinter<TaskStats> PrinterOf(ParseResult parsed, CommandContext context) => _output.PrinterOf(
        parsed,
        context.Output,
        StatsJson.Of,
        task => task.Name.Length > 0 ? task.Name : task.TaskId.Id,
        () => StatsTable.PrinterOf(
            context.Output,
            context.Time.GetUtcNow(),
            _options.AreOfOthers(parsed),
            isWide: parsed.GetValue(_output) == OutputFormat.Wide));
}
