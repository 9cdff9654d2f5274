using Levity.Cli.Commands.Starting;

namespace Levity.Cli.Commands;

/// <summary><c>levity start</c>: executes a command and prints the id of the new task, nothing else.</summary>
internal sealed class StartCommand : Verb
{
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
        SetAction(async (parsed, cancellationToken) =>
        {
            var request = task.Read(parsed);
            using var client = globals.Connect(parsed, context);
            var response = await StartCall.MakeAsync(request, client, cancellationToken);
            context.Output.WriteLine(response.TaskId.Id);
            return ExitCodes.Success;
        });
    }
}
