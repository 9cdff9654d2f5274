using System.CommandLine;
using Levity.Cli.Terminals;
using Levity.Protocol;

namespace Levity.Cli.Commands.Starting;

/// <summary>Whether a new task has an input, and a terminal.</summary>
internal sealed class InputOptions
{
    private const int LongestType = 64;

    private readonly Func<string, string?> _variable;
    private readonly Option<bool> _stdin;
    private readonly Option<bool> _terminal;

    /// <param name="variable">Where TERM comes from.</param>
    /// <param name="terminalAlias">A short name for <c>--tty</c>, where the command has it free.</param>
    /// <param name="isPassedOn">Whether our own input is the task's.</param>
    public InputOptions(Func<string, string?> variable, string[] terminalAlias, bool isPassedOn)
    {
        _variable = variable;
        _stdin = new Option<bool>("--stdin", "-i")
        {
            Description = isPassedOn
                ? "Pass our standard input on to it."
                : "Keep its standard input open, for `levity attach`.",
            Arity = ArgumentArity.Zero,
        };
        _terminal = new Option<bool>("--tty", terminalAlias)
        {
            Description = "Give it a terminal, like ours where we have one.",
            Arity = ArgumentArity.Zero,
        };
    }

    public void AddTo(Command command)
    {
        command.Options.Add(_stdin);
        command.Options.Add(_terminal);
    }

    public void ReadInto(StartTaskRequest request, ParseResult parsed)
    {
        request.Stdin = parsed.GetValue(_stdin);
        if (parsed.GetValue(_terminal))
        {
            request.Terminal = new Terminal { Type = TypeOfOurs() };
            if (LocalTerminal.FindSize() is { } size)
            {
                request.Terminal.Size = new TerminalSize { Rows = size.Rows, Columns = size.Columns };
            }
        }
    }

    // One that could not be asked for is none that the task would know.
    private string TypeOfOurs() =>
        _variable("TERM") is { Length: <= LongestType } type && type.All(c => char.IsAsciiLetterOrDigit(c) || "-_.+".Contains(c))
            ? type
            : "";
}
