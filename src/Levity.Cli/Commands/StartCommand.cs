using System.CommandLine;
using Google.Protobuf.WellKnownTypes;
using Levity.Cli.Commands.Starting;
using Levity.Cli.Output;
using Levity.Client;
using Levity.Protocol;

namespace Levity.Cli.Commands;

/// <summary><c>levity start</c>: executes a command and prints the id of the new task, nothing else.</summary>
internal sealed class StartCommand : Verb
{
    private readonly RemoveOption _remove = new("Remove it once it is over, a minute later; the same as --keep 0.");

    private readonly Option<bool> _dryRun = new("--dry-run")
    {
        Description = "Start nothing: print what would happen.",
        Arity = ArgumentArity.Zero,
    };

    private readonly OutputOption _output = OutputOption.OfOne();

    public StartCommand(GlobalOptions globals, CommandContext context)
        : base("start", "Starts a task and prints its id.")
    {
        Examples =
        [
            new("id=$(levity start sleep 60)", "Its id, and nothing else, for what comes next."),
            new("levity start -d /srv/app -D LEVEL=debug -- make -j4", "In a directory, with a variable."),
        ];

        // Its -t is the timeout of every command, and stays so.
        var task = new NewTask(context, directoryAlias: ["-d"], terminalAlias: [], passesInput: false);
        task.AddTo(this);
        _remove.AddTo(this);
        Options.Add(_dryRun);
        Options.Add(_output);
        SetAction(async (parsed, cancellationToken) =>
        {
            var request = task.Read(parsed);
            if (parsed.GetValue(_remove))
            {
                request.KeepFor = new Duration();
            }

            using var client = globals.Connect(parsed, context);
            return await RunAsync(request, parsed, client, context, cancellationToken);
        });
    }

    private async Task<int> RunAsync(
        StartTaskRequest request,
        ParseResult parsed,
        LevityClient client,
        CommandContext context,
        CancellationToken cancellationToken)
    {
        var isDry = parsed.GetValue(_dryRun);
        if (isDry)
        {
            request.ValidateOnly = true;
        }

        var response = await StartCall.MakeAsync(request, client, cancellationToken);
        var isJson = _output.IsJson(parsed);
        if (response.Plan is { } plan)
        {
            context.Output.Write(isJson ? $"{Json.Of(plan)}\n" : TaskText.Of(plan));
            return plan.Obstacles.Count == 0 ? ExitCodes.Success : ExitCodes.Failure;
        }

        context.Output.WriteLine(
            isJson ? TaskJson.OfStarted(response.TaskId.Id)
            : parsed.GetValue(_output) == OutputFormat.Name && request.HasName ? request.Name
            : response.TaskId.Id);
        return isDry
            ? throw new CommandException("the server is older than --dry-run, and has started the task")
            : ExitCodes.Success;
    }
}
