using System.CommandLine;
using Levity.Cli.Commands.Starting;

namespace Levity.Cli.Commands;

/// <summary>
/// Ends option parsing at the first operand of a command that starts a task, as if <c>--</c> stood before it: all that follows is the
/// command's own. Without it the parser would take `start ls -td` apart into `-t` and `-d`, and `-a=b` into two words.
/// </summary>
internal static class Operands
{
    private const string Separator = "--";

    public static IReadOnlyList<string> Separate(string[] args, Command root)
    {
        Command? command = null;
        for (var i = 0; i < args.Length && args[i] != Separator; i++)
        {
            if (IsOption(args[i]))
            {
                i += TakesNext(args[i], root, command) ? 1 : 0;
            }
            else if (command is null)
            {
                command = root.Subcommands.FirstOrDefault(candidate => candidate.Name == args[i]);
                if (command is null || !NewTask.IsPartOf(command))
                {
                    return args;
                }
            }
            else
            {
                return [.. args[..i], Separator, .. args[i..]];
            }
        }

        return args;
    }

    public static bool IsOption(string arg) => arg is ['-', _, ..];

    // A command's own option goes before one of all commands that has the same name.
    private static bool TakesNext(string arg, Command root, Command? command) => (command?.Options ?? [])
        .Concat(root.Options)
        .FirstOrDefault(option => option.Name == arg || option.Aliases.Contains(arg))
        is { Arity.MinimumNumberOfValues: > 0 };
}
