using System.CommandLine;
using System.CommandLine.Parsing;
using Levity.Protocol;

namespace Levity.Cli.Commands.Starting;

/// <summary>What a new task can be found by, other than its id.</summary>
internal sealed class NameOptions
{
    private readonly Option<string?> _name = new("--name")
    {
        HelpName = "NAME",
        Description = "A name for it, instead of its id; one task at a time has it.",
    };

    private readonly Option<string[]> _labels = new("--label", "-l")
    {
        HelpName = "KEY=VALUE",
        Description = "A label for it, to list it by; the last of a key counts.",
    };

    public NameOptions()
    {
        _name.Validators.Add(CheckName);
        _labels.Validators.Add(CheckLabels);
    }

    public void AddTo(Command command)
    {
        command.Options.Add(_name);
        command.Options.Add(_labels);
    }

    public void ReadInto(StartTaskRequest request, ParseResult parsed)
    {
        if (parsed.GetValue(_name) is { } name)
        {
            request.Name = name;
        }

        foreach (var label in parsed.GetValue(_labels) ?? [])
        {
            var equals = label.IndexOf('=');
            request.Labels[label[..equals]] = label[(equals + 1)..];
        }
    }

    private static void CheckName(OptionResult result)
    {
        foreach (var token in result.Tokens.Where(token => !TaskName.TryParse(token.Value, out _)))
        {
            result.AddError(TaskName.LooksLikeId(token.Value)
                ? $"--name {token.Value} could be the beginning of a task's id: put a letter from g to z into it"
                : $"--name wants {TaskName.Rule}, and '{token.Value}' is none");
        }
    }

    private static void CheckLabels(OptionResult result)
    {
        foreach (var token in result.Tokens.Where(token => token.Value.IndexOf('=') < 1))
        {
            result.AddError($"--label wants KEY=VALUE, and '{token.Value}' is none");
        }
    }
}
