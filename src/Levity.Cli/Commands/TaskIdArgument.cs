using System.CommandLine;
using Levity.Protocol;

namespace Levity.Cli.Commands;

/// <summary>The id of a task. The server says whether it is one; only nothing at all is refused here.</summary>
internal sealed class TaskIdArgument : Argument<string>
{
    public TaskIdArgument()
        : base("ID")
    {
        Description = "The task's id, as `levity start` printed it.";
        Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: "" }])
            {
                result.AddError("the task's id is empty");
            }
        });
    }

    public TaskHandle Read(ParseResult parsed) => new() { Id = parsed.GetRequiredValue(this) };
}
