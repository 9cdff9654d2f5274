using System.CommandLine;
using System.CommandLine.Parsing;
using Levity.Protocol;

namespace Levity.Cli.Commands.Starting;

/// <summary>The variables of a new task.</summary>
internal sealed class EnvironmentOptions
{
    private readonly Option<string[]> _definitions = new("--define", "-D")
    {
        HelpName = "NAME=VALUE",
        Description = "Sets a variable in its environment; the last of a name counts.",
    };

    public EnvironmentOptions()
    {
        _definitions.Validators.Add(CheckDefinitions);
    }

    public void AddTo(Command command) => command.Options.Add(_definitions);

    public void ReadInto(StartTaskRequest request, ParseResult parsed)
    {
        foreach (var definition in parsed.GetValue(_definitions) ?? [])
        {
            var equals = definition.IndexOf('=');
            request.Environment[definition[..equals]] = definition[(equals + 1)..];
        }
    }

    private static void CheckDefinitions(OptionResult result)
    {
        foreach (var token in result.Tokens.Where(token => token.Value.IndexOf('=') < 1))
        {
            result.AddError($"--define wants NAME=VALUE, and '{token.Value}' is none");
        }
    }
}
