using System.CommandLine;
using Levity.Cli.Commands.Naming;
using Levity.Protocol;

namespace Levity.Cli.Commands;

/// <summary>
/// <c>levity unshare</c>: takes a share of a task back. Prints nothing; that there is no such share is a failure, for the
/// name may have a slip in it.
/// </summary>
internal sealed class UnshareCommand : Verb
{
    private readonly TaskArgument _task = new();
    private readonly UserNameOption _user = new("--from", "Whom it is shared with, and is not to be any more [required].");

    public UnshareCommand(GlobalOptions globals, CommandContext context)
        : base("unshare", "Takes back what another user may do with a task.")
    {
        Examples = [new("levity unshare $id --from bob", "What bob has open ends within a second.")];
        _task.AddTo(this);
        Options.Add(_user);
        SetAction((parsed, cancellationToken) => RunAsync(parsed, globals, context, cancellationToken));
    }

    private async Task<int> RunAsync(
        ParseResult parsed, GlobalOptions globals, CommandContext context, CancellationToken cancellationToken)
    {
        using var client = globals.Connect(parsed, context);
        var id = await _task.FindAsync(parsed, client, cancellationToken);
        var request = new UnshareTaskRequest { TaskId = id, User = _user.Read(parsed) };
        await client.CallAsync((tasks, options) => tasks.UnshareTaskAsync(request, options), cancellationToken);
        return ExitCodes.Success;
    }
}
