using System.CommandLine;
using System.CommandLine.Parsing;

namespace Levity.Cli.Commands.Starting;

/// <summary><c>--rm</c>: a new task is not to stay once it is over.</summary>
internal sealed class RemoveOption : Option<bool>
{
    public RemoveOption(string description)
        : base("--rm")
    {
        Description = description;
        Arity = ArgumentArity.Zero;
    }

    public void AddTo(Command command)
    {
        command.Options.Add(this);
        command.Validators.Add(result =>
        {
            if (result.GetResult(this) is not null && result.Children.Any(child => child is OptionResult { Option.Name: "--keep" }))
            {
                result.AddError("--rm and --keep cannot be given together: each says how long it stays");
            }
        });
    }
}
