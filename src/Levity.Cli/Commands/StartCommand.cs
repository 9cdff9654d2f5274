using System.CommandLine;
using System.CommandLine.Parsing;
using Google.Protobuf.WellKnownTypes;
using Levity.Cli.Commands.Starting;

namespace Levity.Cli.Commands;

/// <summary><c>levity start</c>: executes a command and prints the id of the new task, nothing else.</summary>
internal sealed class StartCommand : Verb
{
    private readonly Option<bool> _remove = new("--rm")
    {
        Description = "Remove it once it is over, a minute later; the same as --keep 0.",
        Arity = ArgumentArity.Zero,
    };

    public StartCommand(GlobalOptions globals, CommandContext context)
        : base("start", "Starts a task and prints its id.")
    {
        Examples =
        [
            new("id=$(levity start sleep 60)", "Its id, and nothing else, for what comes next."),
            new("levity start -d /srv/app -D LEVEL=debug -- make -j4", "In a directory, with a variable."),
        ];
        var task = new NewTask(context, "-d");
        task.AddTo(this);
        Options.Add(_remove);
        Validators.Add(result =>
        {
            if (result.GetResult(_remove) is not null && result.Children.OfType<OptionResult>().Any(option => option.Option.Name == "--keep"))
            {
                result.AddError("--rm and --keep cannot be given together: each says how long it stays");
            }
        });
        SetAction(async (parsed, cancellationToken) =>
        {
            var request = task.Read(parsed);
            if (parsed.GetValue(_remove))
            {
                request.KeepFor = new Duration();
            }

            using var client = globals.Connect(parsed, context);
            var response = await StartCall.MakeAsync(request, client, cancellationToken);
            context.Output.WriteLine(response.TaskId.Id);
            return ExitCodes.Success;
        });
    }
}
