using System.CommandLine;
using System.CommandLine.Parsing;
using Levity.Cli.Output;
using Levity.Protocol;

namespace Levity.Cli.Commands.Listing;

/// <summary>Which tasks a command is about that tells of many.</summary>
internal sealed class TaskFilterOptions
{
    private readonly Option<string[]> _states = new("--state")
    {
        HelpName = "STATE",
        Description = "Only those in this state, such as Finished; several add up.",
    };

    private readonly Option<string[]> _labels = new("--label", "-l")
    {
        HelpName = "KEY[=VALUE]",
        Description = "Only those with this label; several have to be there all.",
    };

    private readonly Option<string?> _name = new("--name") { HelpName = "NAME", Description = "Only those of this name." };

    private readonly Option<UserName?> _owner = new("--owner")
    {
        HelpName = "USER",
        Description = "Only those of this user, as far as you may read them.",
        CustomParser = result => UserNameArgument.Parse(result),
    };

    private readonly Option<bool> _allOwners = new("--all-owners")
    {
        Description = "Those of all users, as far as you may read them.",
        Arity = ArgumentArity.Zero,
    };

    public TaskFilterOptions()
    {
        _states.CompletionSources.Add(_ => StateNames.All);
        _states.Validators.Add(result => CheckAll(
            result, text => StateNames.Find(text) is not null, $"one of {string.Join(", ", StateNames.All)}"));
        _labels.Validators.Add(result => CheckAll(result, text => text.Length > 0 && text[0] != '=', "KEY or KEY=VALUE"));
        _name.Validators.Add(result => CheckAll(result, text => TaskName.TryParse(text, out _), TaskName.Rule + " and not like an id"));
    }

    public void AddTo(Command command)
    {
        command.Options.Add(_states);
        command.Options.Add(_labels);
        command.Options.Add(_name);
        command.Options.Add(_owner);
        command.Options.Add(_allOwners);
    }

    /// <summary>Whether tasks of others may be among them, so that it matters whose each is.</summary>
    public bool MayBeOfOthers(ParseResult parsed) => parsed.GetValue(_allOwners) || parsed.GetValue(_owner) is not null;

    public TaskFilter Read(ParseResult parsed)
    {
        var filter = new TaskFilter { AllOwners = parsed.GetValue(_allOwners) };
        filter.States.AddRange((parsed.GetValue(_states) ?? []).Select(text => StateNames.Find(text)!.Value));
        filter.Labels.AddRange((parsed.GetValue(_labels) ?? []).Select(SelectorOf));
        if (parsed.GetValue(_name) is { } name)
        {
            filter.Name = name;
        }

        if (parsed.GetValue(_owner) is { } owner)
        {
            filter.Owner = owner.ToString();
        }

        return filter;
    }

    private static LabelSelector SelectorOf(string text)
    {
        var equals = text.IndexOf('=');
        return equals < 0
            ? new LabelSelector { Key = text }
            : new LabelSelector { Key = text[..equals], Value = text[(equals + 1)..] };
    }

    private static void CheckAll(OptionResult result, Func<string, bool> isGood, string wanted)
    {
        foreach (var token in result.Tokens.Where(token => !isGood(token.Value)))
        {
            result.AddError($"{result.Option.Name} wants {wanted}, and '{token.Value}' is none");
        }
    }
}
