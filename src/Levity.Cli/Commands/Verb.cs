using System.CommandLine;

namespace Levity.Cli.Commands;

/// <summary>One word of the command line, and what its help, its manual page and docs/cli.md say of it.</summary>
internal abstract class Verb(string name, string summary) : Command(name, summary)
{
    /// <summary>How it is used, one or two; each verb that does something has one.</summary>
    public IReadOnlyList<Example> Examples { get; protected init; } = [];

    public bool CallsServer { get; set; } = true;

    /// <summary>Whether what says how to reach a server means anything to it.</summary>
    public bool TakesServerOptions { get; set; } = true;

    /// <summary>The verbs below it, by what they are for.</summary>
    public virtual IEnumerable<VerbGroup> Groups =>
        Subcommands.Count > 0 ? [new VerbGroup("Commands", [.. Subcommands])] : [];
}

/// <summary>Verbs that belong together.</summary>
internal sealed record VerbGroup(string Title, IReadOnlyList<Command> Verbs);

/// <summary>A command line that works as it stands, but for the names in it.</summary>
internal sealed record Example(string Line, string Meaning);
