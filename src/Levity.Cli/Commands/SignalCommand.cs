using System.CommandLine;
using Levity.Protocol;

namespace Levity.Cli.Commands;

/// <summary><c>levity signal</c>: asks a task to stop. Prints nothing and does not wait.</summary>
internal sealed class SignalCommand : Verb
{
    private readonly TaskIdArgument _id = new();

    public SignalCommand(GlobalOptions globals, CommandContext context)
        : base("signal", "Asks a task to stop, with SIGTERM and in the end SIGKILL; does not wait.")
    {
        Examples =
        [
            new("levity signal $id", "SIGTERM to all of its processes; what is left after the grace is killed."),
        ];
        Arguments.Add(_id);
        SetAction((parsed, cancellationToken) => RunAsync(parsed, globals, context, cancellationToken));
    }

    private async Task<int> RunAsync(
        ParseResult parsed, GlobalOptions globals, CommandContext context, CancellationToken cancellationToken)
    {
        using var client = globals.Connect(parsed, context);
        var request = new SignalTaskRequest { TaskId = _id.Read(parsed) };
        await client.CallAsync((tasks, options) => tasks.SignalTaskAsync(request, options), cancellationToken);
        return ExitCodes.Success;
    }
}
