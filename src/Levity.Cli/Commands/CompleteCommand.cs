using System.CommandLine;
using Levity.Cli.Completion;
using Levity.Cli.Configuration;
using Levity.Configuration;

namespace Levity.Cli.Commands;

/// <summary>
/// <c>levity complete</c>, for the scripts of <c>levity completion</c>: the words that could stand where the cursor is, a
/// line each, with a tab and what it is; and <c>:files</c> or <c>:directories</c> where the shell is to look for these. It
/// never says what went wrong: somebody is typing.
/// </summary>
internal sealed class CompleteCommand : Verb
{
    private readonly Argument<string[]> _words = new("WORD")
    {
        Description = "All that follows levity, up to where the cursor is.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    public CompleteCommand(GlobalOptions globals, CommandContext context)
        : base("complete", "Lists what could stand at the end of a command line.")
    {
        Hidden = true;
        Arguments.Add(_words);
        SetAction((parsed, _) => RunAsync(parsed, globals, context));
    }

    private async Task<int> RunAsync(ParseResult parsed, GlobalOptions globals, CommandContext context)
    {
        var root = (LevityCommand)parsed.RootCommandResult.Command;
        var words = parsed.GetValue(_words) ?? [];
        var completer = new Completer(root, words);
        var others = completer.Expected switch
        {
            Expected.Context => Contexts(context),
            Expected.Task or Expected.TaskName => await TaskCandidates.FindAsync(
                namesOnly: completer.Expected == Expected.TaskName, words, globals, root, context),
            _ => [],
        };
        var directive = completer.Expected switch
        {
            Expected.File => ":files\n",
            Expected.Directory => ":directories\n",
            _ => "",
        };
        var candidates = completer.Candidates.Concat(completer.Fitting(others));
        context.Output.Write(string.Concat(candidates.Select(one => $"{one.Word}\t{one.Description}\n")) + directive);
        return ExitCodes.Success;
    }

    private static IEnumerable<Candidate> Contexts(CommandContext context)
    {
        try
        {
            return ContextFile.OfUser(context)?.ContextNames.Select(name => new Candidate(name, "")) ?? [];
        }
        catch (ConfigurationException)
        {
            return [];
        }
    }
}
