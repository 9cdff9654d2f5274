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

    private readonly OutputOption _output = new(OutputFormat.Table, OutputFormat.Json, OutputFormat.JsonLines);

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
        SetAction((parsed, cancellationToken) => RunAsync(parsed, globals, context, cancellationToken));
    }

    private async Task<int> RunAsync(
        ParseResult parsed, GlobalOptions globals, CommandContext context, CancellationToken cancellationToken)
    {
        using var client = globals.Connect(parsed, context);
        var request = new StreamStatsRequest { Once = parsed.GetValue(_noStream) };
        await foreach (var round in _options.ReadAsync(parsed, client, request, cancellationToken))
        {
            context.Output.Write(TextOf(round, parsed, context));
        }

        return ExitCodes.Success;
    }

    private string TextOf(IReadOnlyList<TaskStats> round, ParseResult parsed, CommandContext context) =>
        parsed.GetValue(_output) switch
        {
            OutputFormat.Json => $"{StatsJson.Of(round)}\n",
            OutputFormat.JsonLines => string.Concat(round.Select(task => $"{StatsJson.Of(task)}\n")),
            _ => StatsTable.Of(round, context.Time.GetUtcNow(), _options.AreOfOthers(parsed)).Render(context.Output.Terminal),
        };
}
