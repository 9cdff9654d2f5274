using System.CommandLine;
using Google.Protobuf.WellKnownTypes;
using Levity.Cli.Output;
using Levity.Protocol;

namespace Levity.Cli.Commands.Stats;

/// <summary><c>levity top</c>: what tasks use, on the whole screen, those that use most first.</summary>
internal sealed class TopCommand : Verb
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private readonly StatsOptions _options = new("2s");

    public TopCommand(GlobalOptions globals, CommandContext context)
        : base("top", "Shows what live tasks use on the whole screen: c and m sort, q ends it.")
    {
        Examples =
        [
            new("levity top", "Your tasks, those that use most of the processor first."),
            new("levity top --all-owners", "Those of all users."),
        ];
        _options.AddTo(this);
        SetAction((parsed, cancellationToken) => RunAsync(parsed, globals, context, cancellationToken));
    }

    private async Task<int> RunAsync(
        ParseResult parsed, GlobalOptions globals, CommandContext context, CancellationToken cancellationToken)
    {
        if (context.Output.Terminal is not { } terminal)
        {
            throw new CommandException("standard output is no terminal: levity stats is for files and pipes");
        }

        using var client = globals.Connect(parsed, context);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var view = new TopView(_options.AreOfOthers(parsed), context.Time);
        using var screen = new FullScreen(context.Output, size => view.Render(size, terminal.WithColor), ending.Cancel);
        screen.Begin(key =>
        {
            if (key is 'q' or 'Q')
            {
                ending.Cancel();
            }

            view.Sort(key);
        });
        try
        {
            var request = new StreamStatsRequest { Interval = Interval.ToDuration() };
            await foreach (var round in _options.ReadAsync(parsed, client, request, ending.Token))
            {
                view.Show(round);
                screen.Draw();
            }
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // Somebody has seen enough.
        }

        return ExitCodes.Success;
    }
}
