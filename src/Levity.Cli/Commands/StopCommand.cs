using System.CommandLine;
using Levity.Cli.Commands.Naming;
using Levity.Protocol;

namespace Levity.Cli.Commands;

/// <summary>
/// <c>levity stop</c>: asks tasks to stop, and does not wait. Prints nothing; each one that could not be asked is a line on
/// stderr.
/// </summary>
internal sealed class StopCommand : Verb
{
    private readonly TaskArgument _tasks = new(takesMany: true);

    private readonly DurationOption _grace = new(
        "--grace", "How long they have before they are killed; 0 kills at once.", mayBeZero: true);

    public StopCommand(GlobalOptions globals, CommandContext context)
        : base("stop", "Asks tasks to stop, and has them killed after a grace; does not wait.")
    {
        Examples =
        [
            new("levity stop --grace 30s $id", "SIGTERM to all of its processes; what is left after half a minute is killed."),
        ];
        _tasks.AddTo(this);
        Options.Add(_grace);
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
                (tasks, options) => tasks.SignalTaskAsync(
                    new SignalTaskRequest { TaskId = id, Grace = _grace.Read(parsed) }, options),
                cancellationToken),
            context);
    }
}
