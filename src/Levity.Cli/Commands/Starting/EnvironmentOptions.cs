using System.CommandLine;
using System.CommandLine.Parsing;
using Levity.Protocol;

namespace Levity.Cli.Commands.Starting;

/// <summary>
/// The variables of a new task. A name without a value takes the value that the variable has here, as docker does it. Where
/// it has none, a file sets nothing, as docker reads it; on the command line that is a slip.
/// </summary>
internal sealed class EnvironmentOptions
{
    private readonly Option<string[]> _definitions = new("--env", "-e", "--define", "-D")
    {
        HelpName = "NAME=VALUE",
        Description = "Sets a variable; NAME alone: as it is here. Also -D, --define.",
    };

    private readonly Option<string[]> _files = new("--env-file")
    {
        HelpName = "FILE",
        Description = "Sets those that are in FILE, a line each; --env wins over them.",
    };

    private readonly Func<string, string?> _variable;

    /// <param name="variable">What a variable is here.</param>
    public EnvironmentOptions(Func<string, string?> variable)
    {
        _variable = variable;
        _definitions.Validators.Add(CheckDefinitions);
    }

    public void AddTo(Command command)
    {
        command.Options.Add(_definitions);
        command.Options.Add(_files);
    }

    /// <exception cref="CommandException">A file cannot be read, or has something else in it.</exception>
    public void ReadInto(StartTaskRequest request, ParseResult parsed)
    {
        foreach (var file in parsed.GetValue(_files) ?? [])
        {
            EnvironmentFile.Read(file, (name, value) => Define(request, name, value));
        }

        foreach (var definition in parsed.GetValue(_definitions) ?? [])
        {
            var equals = definition.IndexOf('=');
            Define(
                request,
                equals < 0 ? definition : definition[..equals],
                equals < 0 ? null : definition[(equals + 1)..]);
        }
    }

    private void Define(StartTaskRequest request, string name, string? value)
    {
        if ((value ?? _variable(name)) is not { } known)
        {
            return;
        }

        // The runtime has put it in place of bytes that are not UTF-8, and the task would get something else.
        request.Environment[name] = known.Contains('\uFFFD')
            ? throw new CommandException($"the value of {name} is not UTF-8, and cannot be passed on as it is")
            : known;
    }

    private void CheckDefinitions(OptionResult result)
    {
        foreach (var token in result.Tokens.Where(token => token.Value is "" or ['=', ..]))
        {
            result.AddError(
                $"{result.IdentifierToken?.Value} wants NAME=VALUE, or NAME for the value that it has here, "
                + $"and '{token.Value}' is neither");
        }

        foreach (var token in result.Tokens.Where(token => token.Value is not "" && !token.Value.Contains('=')))
        {
            if (_variable(token.Value) is null)
            {
                result.AddError(
                    $"{result.IdentifierToken?.Value} {token.Value}: there is no variable {token.Value} here; write "
                    + $"{token.Value}=VALUE");
            }
        }
    }
}
