using System.CommandLine;
using Google.Protobuf.WellKnownTypes;
using Levity.Cli.Commands.Attaching;
using Levity.Cli.Commands.Starting;
using Levity.Cli.Output;
using Levity.Cli.Terminals;
using Levity.Client;
using Levity.Protocol;

namespace Levity.Cli.Commands.Running;

/// <summary>
/// <c>levity run</c>: starts a task and stays with it, as if the command ran here: its output is ours, the signals that we
/// get are its own, and so is our exit code.
/// </summary>
internal sealed class RunCommand : Verb
{
    private readonly NewTask _task;
    private readonly DetachKeysOption _keys = new();

    private readonly Option<bool> _detach = new("--detach", "-d")
    {
        Description = "Do not stay with it: print its id, as `levity start` does.",
        Arity = ArgumentArity.Zero,
    };

    private readonly RemoveOption _remove = new("Remove it, with its log, once it is over and its output is here.");

    private readonly Option<bool> _quiet = new("--quiet", "-q")
    {
        Description = "Do not say on stderr how it ended when that was no plain exit.",
        Arity = ArgumentArity.Zero,
    };

    public RunCommand(GlobalOptions globals, CommandContext context)
        : base("run", "Runs a command as if it were here: output, signals, exit code.")
    {
        Examples =
        [
            new("levity run -- make -j4", "Ends with the exit code of make; Ctrl-C goes to make, and the third one detaches."),
            new("levity run -it -- bash", "A shell there, in this terminal; ctrl-p,ctrl-q leaves it, `levity attach` goes back."),
            new("levity run --rm -e LEVEL=debug sh -c 'echo $LEVEL'", "With a variable; nothing of it stays on the server."),
        ];
        _task = new NewTask(context, directoryAlias: [], terminalAlias: ["-t"], passesInput: true);
        _task.AddTo(this);
        Options.Add(_detach);
        _remove.AddTo(this);
        Options.Add(_quiet);
        Options.Add(_keys);
        SetAction((parsed, cancellationToken) => RunAsync(parsed, globals, context, cancellationToken));
    }

    private async Task<int> RunAsync(
        ParseResult parsed, GlobalOptions globals, CommandContext context, CancellationToken cancellationToken)
    {
        var request = _task.Read(parsed);
        using var client = globals.Connect(parsed, context);
        if (parsed.GetValue(_detach))
        {
            if (parsed.GetValue(_remove))
            {
                // We shall not be there: the server does it.
                request.KeepFor = new Duration();
            }

            var detached = await StartCall.MakeAsync(request, client, cancellationToken);
            context.Output.WriteLine(detached.TaskId.Id);
            return ExitCodes.Success;
        }

        // From here on they are the task's: those that come while it is being started, too.
        using var signals = new ForwardedSignals();
        var task = await ForegroundTask.StartAsync(request, client, context.Output, signals);
        var keys = request.Stdin ? _keys.Read(parsed) : null;
        var end = await task.StayAsync(token => CarryAsync(task.Id, keys, client, context, token));
        if (!parsed.GetValue(_quiet) && EndingLine.Of(end) is { } line)
        {
            context.Output.Report(line);
        }

        if (parsed.GetValue(_remove))
        {
            await task.RemoveAsync();
        }

        return ExitCodes.Of(end);
    }

    private static async Task CarryAsync(
        string id, DetachKeys? keys, LevityClient client, CommandContext context, CancellationToken cancellationToken)
    {
        // No signal ends us: all of them are the task's.
        await using var session = keys is null
            ? null
            : await InputSession.BeginAsync(client, id, keys, deadly: [], context, cancellationToken);
        var log = new StreamLogsRequest { TaskId = new TaskHandle { Id = id } };
        await AttachedTask.PrintAsync(log, session, comesLater: false, client, context.Output, cancellationToken);
    }
}
