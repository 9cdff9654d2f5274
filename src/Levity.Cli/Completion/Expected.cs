namespace Levity.Cli.Completion;

/// <summary>What can stand in a place of the command line. Most is told by the name that help has for it.</summary>
internal enum Expected
{
    /// <summary>Something that nobody can guess.</summary>
    Anything,

    /// <summary>The shell knows them better.</summary>
    File,

    /// <summary>The same of these.</summary>
    Directory,

    /// <summary>A context of this user.</summary>
    Context,

    /// <summary>A task on the server.</summary>
    Task,

    /// <summary>The name of one.</summary>
    TaskName,
}
