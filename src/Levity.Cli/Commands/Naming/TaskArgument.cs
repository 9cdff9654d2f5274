using System.CommandLine;
using System.CommandLine.Parsing;
using Levity.Client;
using Levity.Protocol;

namespace Levity.Cli.Commands.Naming;

/// <summary>
/// How a command is told which task it is about, or which tasks: as operands, or with <c>--name</c>. Each command that is
/// about one has this, so that a task is named everywhere in the same way.
/// </summary>
internal sealed class TaskArgument
{
    private const string OperandName = "TASK";

    private readonly bool _takesMany;
    private readonly bool _mayBeNone;
    private readonly TaskOperand _operands;
    private readonly Option<string[]> _names;

    /// <param name="takesMany">There may be more than one.</param>
    /// <param name="mayBeNone">There may be none, which means all.</param>
    public TaskArgument(bool takesMany = false, bool mayBeNone = false)
    {
        (_takesMany, _mayBeNone) = (takesMany, mayBeNone);
        _operands = new TaskOperand(OperandName)
        {
            MayBeNone = mayBeNone,
            Description = mayBeNone ? "The tasks, by id, its beginning, or name [default all of yours]."
                : takesMany ? "The tasks: an id, the beginning of an id, or a name each."
                : "The task: its id, the beginning of its id, or its name.",
            Arity = takesMany ? ArgumentArity.ZeroOrMore : ArgumentArity.ZeroOrOne,
            CustomParser = TextsOf,
        };
        _names = new Option<string[]>("--name")
        {
            HelpName = "NAME",
            Description = takesMany ? "A task of this name, instead of TASK." : "The task of this name, instead of TASK.",
            Arity = takesMany ? ArgumentArity.OneOrMore : ArgumentArity.ExactlyOne,
            AllowMultipleArgumentsPerToken = false,
            CustomParser = TextsOf,
        };
        _operands.Validators.Add(CheckOperands);
        _names.Validators.Add(CheckNames);
    }

    /// <summary>Call it where the operand belongs, before those that come after it.</summary>
    public void AddTo(Command command)
    {
        command.Arguments.Add(_operands);
        command.Options.Add(_names);
        command.Validators.Add(CheckThatOneIsGiven);
    }

    /// <summary>All that were given, in their order; for a command that goes on when one of them cannot be found.</summary>
    public IReadOnlyList<TaskReference> Read(ParseResult parsed) =>
        [.. (parsed.GetValue(_operands) ?? []).Concat(parsed.GetValue(_names) ?? []).Select(text => TaskReference.Parse(text)!)];

    /// <summary>The one that was given.</summary>
    /// <exception cref="CommandException">There is no such task, or more than one.</exception>
    public Task<TaskHandle> FindAsync(ParseResult parsed, LevityClient client, CancellationToken cancellationToken) =>
        Read(parsed)[0].FindAsync(client, cancellationToken);

    /// <summary>Whether any task was named.</summary>
    public bool IsGivenTo(CommandResult result) =>
        result.GetResult(_operands) is { Tokens.Count: > 0 } || result.GetResult(_names) is not null;

    private static string[] TextsOf(ArgumentResult result) => [.. result.Tokens.Select(token => token.Value)];

    private static void CheckOperands(ArgumentResult result)
    {
        foreach (var token in result.Tokens)
        {
            if (token.Value.Length == 0)
            {
                result.AddError("the task's id is empty");
            }
            else if (TaskReference.Parse(token.Value) is null)
            {
                result.AddError($"'{token.Value}' {TaskReference.Rule}");
            }
        }
    }

    private static void CheckNames(OptionResult result)
    {
        foreach (var token in result.Tokens.Where(token => !TaskName.TryParse(token.Value, out _)))
        {
            result.AddError($"--name wants {TaskName.Rule} and not like an id, and '{token.Value}' is none");
        }
    }

    private void CheckThatOneIsGiven(CommandResult result)
    {
        var given = (result.GetResult(_operands)?.Tokens.Count ?? 0) + (result.GetResult(_names)?.Tokens.Count ?? 0);
        if (given == 0 && !_mayBeNone && result.GetResult(_names) is null)
        {
            result.AddError($"{OperandName} is missing");
        }
        else if (given > 1 && !_takesMany)
        {
            result.AddError($"{OperandName} and --name exclude each other");
        }
    }
}

/// <summary>The operand, or operands, that name tasks.</summary>
internal sealed class TaskOperand(string name) : Argument<string[]>(name)
{
    /// <summary>Without one it is about all.</summary>
    public bool MayBeNone { get; init; }
}
