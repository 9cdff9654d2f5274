using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Runtime.InteropServices;
using Levity.Cli.Commands.Naming;
using Levity.Protocol;

namespace Levity.Cli.Commands.Attaching;

/// <summary>
/// <c>levity attach</c>: stays with a task that runs, as if it had been started from here: its output, our input. Ends with
/// its exit code, or when the keys for that are typed.
/// </summary>
internal sealed class AttachCommand : Verb
{
    // Nobody here passes them on to the task.
    private static readonly PosixSignal[] Deadly =
        [PosixSignal.SIGHUP, PosixSignal.SIGINT, PosixSignal.SIGQUIT, PosixSignal.SIGTERM];

    private readonly TaskArgument _task = new();
    private readonly DetachKeysOption _keys = new();

    private readonly Option<bool> _noStdin = new("--no-stdin")
    {
        Description = "Only watch it: nothing that is typed here is passed on.",
        Arity = ArgumentArity.Zero,
    };

    private readonly Option<ulong> _tail = new("--tail", "-n")
    {
        HelpName = "N",
        Description = "Begin with the last N lines [default 0: a terminal is drawn anew].",
        CustomParser = ParseTail,
    };

    public AttachCommand(GlobalOptions globals, CommandContext context)
        : base("attach", "Goes to a task that runs: its output here, our input there.")
    {
        Examples =
        [
            new("levity attach $id", "Types into a task of `levity start -i`, until ctrl-p,ctrl-q leaves it."),
            new("levity attach --no-stdin -n 20 $id", "Watches it, from the last 20 lines on."),
        ];
        _task.AddTo(this);
        Options.Add(_noStdin);
        Options.Add(_tail);
        Options.Add(_keys);
        SetAction((parsed, cancellationToken) => RunAsync(parsed, globals, context, cancellationToken));
    }

    private async Task<int> RunAsync(
        ParseResult parsed, GlobalOptions globals, CommandContext context, CancellationToken cancellationToken)
    {
        using var client = globals.Connect(parsed, context);
        var task = await _task.FindAsync(parsed, client, cancellationToken);
        var (id, log) = (task.Id, new StreamLogsRequest { TaskId = task, TailLines = parsed.GetValue(_tail) });
        if (parsed.GetValue(_noStdin))
        {
            await AttachedTask.PrintAsync(log, session: null, comesLater: true, client, context.Output, cancellationToken);
        }
        else
        {
            await using var session = await InputSession.BeginAsync(
                client, id, _keys.Read(parsed), Deadly, context, cancellationToken);
            await AttachedTask.PrintAsync(log, session, comesLater: true, client, context.Output, cancellationToken);
        }

        return ExitCodes.Of(await client.WaitAsync(id, cancellationToken: cancellationToken));
    }

    private static ulong ParseTail(ArgumentResult result)
    {
        if (!ulong.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var lines))
        {
            result.AddError($"--tail wants a number of lines, and '{result.Tokens[0].Value}' is none");
        }

        return lines;
    }
}
