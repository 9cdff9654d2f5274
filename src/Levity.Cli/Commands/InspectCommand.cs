using System.CommandLine;
using Levity.Cli.Commands.Naming;
using Levity.Cli.Output;
using Levity.Protocol;

namespace Levity.Cli.Commands;

/// <summary><c>levity inspect</c>: all that is known of a task.</summary>
internal sealed class InspectCommand : Verb
{
    private readonly TaskArgument _task = new();
    private readonly OutputOption _output = OutputOption.OfOne();

    public InspectCommand(GlobalOptions globals, CommandContext context)
        : base("inspect", "Prints all that is known of a task, with its request and its end.")
    {
        Examples = [new("levity inspect -o json $id | jq .ending", "How it ended, for a program.")];
        _task.AddTo(this);
        Options.Add(_output);
        SetAction((parsed, cancellationToken) => RunAsync(parsed, globals, context, cancellationToken));
    }

    private async Task<int> RunAsync(
        ParseResult parsed, GlobalOptions globals, CommandContext context, CancellationToken cancellationToken)
    {
        using var client = globals.Connect(parsed, context);
        var id = await _task.FindAsync(parsed, client, cancellationToken);
        var request = new QueryTaskRequest { TaskId = id, WithRequest = true };
        var task = await client.CallAsync(
            (tasks, options) => tasks.QueryTaskAsync(request, options), cancellationToken);
        context.Output.Write(parsed.GetValue(_output) switch
        {
            OutputFormat.Text => TaskText.Of(id.Id, task),
            OutputFormat.Name => $"{TaskText.NameOf(id.Id, task)}\n",
            _ => $"{TaskJson.Of(id.Id, task)}\n",
        });
        return ExitCodes.Success;
    }
}
