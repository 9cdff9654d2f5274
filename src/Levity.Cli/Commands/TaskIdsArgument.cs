using System.CommandLine;
using Levity.Protocol;

namespace Levity.Cli.Commands;

/// <summary>The ids of one or more tasks. As with one, only nothing at all is refused here.</summary>
internal sealed class TaskIdsArgument : Argument<string[]>
{
    public TaskIdsArgument()
        : base("ID")
    {
        Description = "The tasks' ids, as `levity start` printed them.";
        Arity = ArgumentArity.OneOrMore;
        Validators.Add(result =>
        {
            if (result.Tokens.Any(token => token.Value.Length == 0))
            {
                result.AddError("a task's id is empty");
            }
        });
    }

    public IEnumerable<TaskHandle> Read(ParseResult parsed) =>
        parsed.GetRequiredValue(this).Select(id => new TaskHandle { Id = id });
}
