using System.CommandLine;
using System.CommandLine.Completions;
using Levity.Cli.Commands;
using Levity.Cli.Commands.Starting;

namespace Levity.Cli.Completion;

/// <summary>
/// What could stand at the end of a command line that is being typed, from the tree of verbs. It takes the words as they
/// come: a line that is not finished is none that could be parsed.
/// </summary>
internal sealed class Completer
{
    private readonly List<Option> _given = [];
    private readonly string _word;
    private Command _verb;
    private Option? _pending;
    private int _operands;
    private bool _optionsAreOver;

    /// <param name="root">All verbs.</param>
    /// <param name="words">What follows levity, up to the word that the cursor is in, which may be empty.</param>
    public Completer(LevityCommand root, IReadOnlyList<string> words)
    {
        _verb = root;
        _word = words is [.., var last] ? last : "";
        foreach (var word in words.SkipLast(1))
        {
            Take(word);
        }
    }

    /// <summary>What the word is to be, if no list of words says it.</summary>
    public Expected Expected => Place is { } place ? ExpectedAt(place) : Expected.Anything;

    /// <summary>The words that are known from the tree alone.</summary>
    public IEnumerable<Candidate> Candidates => Known().Where(candidate =>
        candidate.Word.StartsWith(_word, StringComparison.Ordinal));

    /// <summary>The same of words from elsewhere, for the same place.</summary>
    public IEnumerable<Candidate> Fitting(IEnumerable<Candidate> others) => others
        .Select(other => other with { Word = Glue + other.Word })
        .Where(other => other.Word.StartsWith(_word, StringComparison.Ordinal));

    // In --name=val the value is completed, and the word has the name too.
    private Option? Glued => _pending is null && IsLongOption && _word.IndexOf('=') is > 0 and var equals
        ? Options.FirstOrDefault(option => LongNamesOf(option).Contains(_word[..equals]) && TakesValue(option))
        : null;

    private string Glue => Glued is null ? "" : _word[..(_word.IndexOf('=') + 1)];

    private bool IsLongOption => !_optionsAreOver && _word.StartsWith("--", StringComparison.Ordinal);

    // The option or the operand that the word is a value of.
    private Symbol? Place => (_pending ?? Glued) as Symbol
        ?? (IsOption(_word) || _verb.Subcommands.Count > 0 ? null : OperandAt(_operands));

    private IEnumerable<Option> Options
    {
        get
        {
            foreach (var option in _verb.Options.Where(option => !option.Hidden))
            {
                yield return option;
            }

            var inherited = _verb.Parents.OfType<Command>().FirstOrDefault();
            for (; inherited is not null; inherited = inherited.Parents.OfType<Command>().FirstOrDefault())
            {
                foreach (var option in inherited.Options.Where(option => option.Recursive && IsOfUse(option)))
                {
                    yield return option;
                }
            }
        }
    }

    private IEnumerable<Candidate> Known()
    {
        if (Place is { } place)
        {
            return place.GetCompletions(CompletionContext.Empty).Select(item => new Candidate(Glue + item.Label, ""));
        }

        return IsOption(_word)
            ? Options.Except(_given).SelectMany(
                option => LongNamesOf(option).Select(name => new Candidate(name, option.Description ?? "")))
            : _verb.Subcommands.Where(verb => !verb.Hidden).Select(verb => new Candidate(verb.Name, verb.Description ?? ""));
    }

    private static IEnumerable<string> LongNamesOf(Option option) =>
        option.Aliases.Where(alias => alias.StartsWith("--", StringComparison.Ordinal)).Prepend(option.Name);

    private void Take(string word)
    {
        if (_pending is not null)
        {
            _pending = null;
        }
        else if (word == "--" && !_optionsAreOver)
        {
            _optionsAreOver = true;
        }
        else if (IsOption(word))
        {
            var name = word.Split('=')[0];
            var option = Options.FirstOrDefault(option => option.Name == name || option.Aliases.Contains(name));
            _pending = option is not null && TakesValue(option) && name == word ? option : null;
            if (option is { Arity.MaximumNumberOfValues: <= 1, ValueType.IsArray: false })
            {
                _given.Add(option);
            }
        }
        else if (_verb.Subcommands.Count > 0)
        {
            _verb = _verb.Subcommands.FirstOrDefault(verb => verb.Name == word) ?? new Command(word);
        }
        else
        {
            _operands++;
            _optionsAreOver |= NewTask.IsPartOf(_verb);
        }
    }

    private bool IsOption(string word) => !_optionsAreOver && _pending is null && word is ['-', ..];

    private bool IsOfUse(Option option) =>
        !option.Hidden && (option is not ServerOption || _verb is Verb { TakesServerOptions: true });

    private Argument? OperandAt(int index) => index < _verb.Arguments.Count ? _verb.Arguments[index]
        : _verb.Arguments is [.., { Arity.MaximumNumberOfValues: > 1 } last] ? last
        : null;

    private static bool TakesValue(Option option) => option.Arity.MaximumNumberOfValues > 0;

    // The --name of a verb that starts a task is a new one.
    private Expected ExpectedAt(Symbol place) => ((place as Option)?.HelpName ?? place.Name) switch
    {
        "NAME" when place is Option { Name: "--name" } && !NewTask.IsPartOf(_verb) => Expected.TaskName,
        "FILE" or "BINARY" or "ARG" => Expected.File,
        "DIR" => Expected.Directory,
        "CONTEXT" => Expected.Context,
        "TASK" => Expected.Task,
        _ => Expected.Anything,
    };
}
