using System.CommandLine;
using Levity.Cli.Commands.Naming;
using Levity.Cli.Output;
using Levity.Protocol;

namespace Levity.Cli.Commands;

/// <summary>
/// <c>levity share</c>: lets another user read a task, ask it to stop or write to it, and prints what they may do and until
/// when.
/// </summary>
internal sealed class ShareCommand : Verb
{
    private readonly TaskArgument _task = new();
    private readonly UserNameOption _user = new("--to", "Whom to share it with: the name in their certificate [required].");

    private readonly Option<bool> _read = new("--read")
    {
        Description = "They may read its state, its request and its log.",
        Arity = ArgumentArity.Zero,
    };

    private readonly Option<bool> _signal = new("--signal")
    {
        Description = "They may ask it to stop, and signal it.",
        Arity = ArgumentArity.Zero,
    };

    private readonly Option<bool> _attach = new("--attach")
    {
        Description = "They may write to its input: whatever its command does with that.",
        Arity = ArgumentArity.Zero,
    };

    private readonly DurationOption _validFor = new("--for", "For how long, as 1h30m [default until it is taken back].");

    private readonly OutputOption _output = new(OutputFormat.Text, OutputFormat.Json, OutputFormat.JsonLines);

    public ShareCommand(GlobalOptions globals, CommandContext context)
        : base("share", "Lets another user read a task, stop it or write to it.")
    {
        Examples =
        [
            new("levity share $id --to bob --read --for 1h", "For an hour bob can inspect it and read its log."),
        ];
        _task.AddTo(this);
        Options.Add(_user);
        Options.Add(_read);
        Options.Add(_signal);
        Options.Add(_attach);
        Options.Add(_validFor);
        Options.Add(_output);
        Validators.Add(result =>
        {
            if (result.GetResult(_read) is null && result.GetResult(_signal) is null && result.GetResult(_attach) is null)
            {
                result.AddError("nothing is shared: give --read, --signal, --attach or several of them");
            }
        });
        SetAction((parsed, cancellationToken) => RunAsync(parsed, globals, context, cancellationToken));
    }

    private async Task<int> RunAsync(
        ParseResult parsed, GlobalOptions globals, CommandContext context, CancellationToken cancellationToken)
    {
        using var client = globals.Connect(parsed, context);
        var request = new ShareTaskRequest
        {
            TaskId = await _task.FindAsync(parsed, client, cancellationToken),
            User = _user.Read(parsed),
            Read = parsed.GetValue(_read),
            Signal = parsed.GetValue(_signal),
            Attach = parsed.GetValue(_attach),
            ValidFor = _validFor.Read(parsed),
        };

        // Made twice it is the same share.
        var response = await client.RepeatAsync(
            (tasks, options) => tasks.ShareTaskAsync(request, options), cancellationToken);
        context.Output.WriteLine(
            _output.IsJson(parsed)
                ? Json.Of(response.Share)
                : $"shared with {TaskText.Of(response.Share)}");
        return ExitCodes.Success;
    }
}
