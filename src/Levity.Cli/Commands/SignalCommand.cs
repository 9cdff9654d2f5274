using System.CommandLine;
using Levity.Cli.Commands.Naming;
using Levity.Protocol;

namespace Levity.Cli.Commands;

/// <summary>
/// <c>levity signal</c>: asks a task to stop, or sends it the one signal that is named. Prints nothing and does not wait.
/// </summary>
internal sealed class SignalCommand : Verb
{
    private readonly TaskArgument _task = new();

    private readonly SignalOption _signal = new(
        "--signal", "Send exactly this, once, and nothing after it: USR1, SIGHUP, RTMIN+2, 9.", "-s");

    private readonly Option<bool> _tree = new("--tree")
    {
        Description = "Send it to all of the task's processes [default its first one].",
        Arity = ArgumentArity.Zero,
    };

    public SignalCommand(GlobalOptions globals, CommandContext context)
        : base("signal", "Asks a task to stop, with SIGTERM and in the end SIGKILL; does not wait.")
    {
        Examples =
        [
            new("levity signal $id", "SIGTERM to all of its processes; what is left after the grace is killed."),
            new("levity signal -s USR1 $id", "Exactly this signal, to its first process; --tree for all of them."),
        ];
        _task.AddTo(this);
        Options.Add(_signal);
        Options.Add(_tree);
        Validators.Add(result =>
        {
            if (result.GetResult(_tree) is not null && result.GetResult(_signal) is null)
            {
                result.AddError("--tree says whom to send --signal to, which is missing; without it all processes are asked to stop");
            }
        });
        SetAction((parsed, cancellationToken) => RunAsync(parsed, globals, context, cancellationToken));
    }

    private async Task<int> RunAsync(
        ParseResult parsed, GlobalOptions globals, CommandContext context, CancellationToken cancellationToken)
    {
        using var client = globals.Connect(parsed, context);
        var id = await _task.FindAsync(parsed, client, cancellationToken);
        var request = new SignalTaskRequest { TaskId = id, Tree = parsed.GetValue(_tree) };
        if (parsed.GetValue(_signal) is { } signal)
        {
            request.Signal = signal;
        }

        await client.CallAsync((tasks, options) => tasks.SignalTaskAsync(request, options), cancellationToken);
        return ExitCodes.Success;
    }
}
