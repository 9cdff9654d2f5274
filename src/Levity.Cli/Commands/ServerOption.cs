using System.CommandLine;
using Levity.Client;

namespace Levity.Cli.Commands;

/// <summary>An option of every command, which a variable can stand for, and a key in a file.</summary>
internal sealed class ServerOption : Option<string?>
{
    public ServerOption(string name, string? alias, string helpName, string description)
        : base(name, alias is null ? [] : [alias])
    {
        HelpName = helpName;
        Description = description;
        Recursive = true;
    }

    /// <summary>Its name in a file.</summary>
    public string Key => Name[2..];

    public string Variable => $"LEVITY_{Key.ToUpperInvariant()}";

    /// <summary>What the command line says, or the variable.</summary>
    public Setting? Find(ParseResult parsed, Func<string, string?> variable)
    {
        if (parsed.GetValue(this) is { } given)
        {
            return new Setting(given, Name);
        }

        // Set to nothing is not set: it is how a shell takes a variable back for one command.
        return variable(Variable) is { Length: > 0 } value ? new Setting(value, Variable) : null;
    }
}
