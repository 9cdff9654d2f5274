using System.CommandLine;
using Levity.Cli.Commands.Naming;
using Levity.Protocol;

namespace Levity.Cli.Commands;

/// <summary>
/// <c>levity rm</c>: removes tasks that are over, with their logs. Prints nothing; each one that stays is a line on
/// stderr.
/// </summary>
internal sealed class RemoveCommand : Verb
{
    private readonly TaskArgument _tasks = new(takesMany: true);

    private readonly Option<bool> _force = new("--force", "-f")
    {
        Description = "Kill them first if they are not over.",
        Arity = ArgumentArity.Zero,
    };

    public RemoveCommand(GlobalOptions globals, CommandContext context)
        : base("rm", "Removes tasks that are over, with their logs.")
    {
        Examples =
        [
            new("levity rm $id", "Its record and its log go; it has to be over."),
            new("levity rm -f $id", "Kills it first, if need be."),
        ];
        _tasks.AddTo(this);
        Options.Add(_force);
        SetAction((parsed, cancellationToken) => RunAsync(parsed, globals, context, cancellationToken));
    }

    private async Task<int> RunAsync(
        ParseResult parsed, GlobalOptions globals, CommandContext context, CancellationToken cancellationToken)
    {
        using var client = globals.Connect(parsed, context);
        return await EachTask.DoAsync(
            _tasks.Read(parsed),
            client,
            id => client.CallAsync(
                (tasks, options) => tasks.RemoveTaskAsync(
                    new RemoveTaskRequest { TaskId = id, Force = parsed.GetValue(_force) }, options),
                cancellationToken),
            context);
    }
}
