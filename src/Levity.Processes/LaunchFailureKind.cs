namespace Levity.Processes;

/// <summary>What stood in the way of a start.</summary>
public enum LaunchFailureKind
{
    /// <summary>The working directory is missing, is no directory or may not be entered.</summary>
    WorkingDirectory,

    /// <summary>The command is missing or cannot be executed.</summary>
    Command,

    /// <summary>Arguments and environment are more than execve(2) takes.</summary>
    TooBig,

    /// <summary>Out of processes, descriptors or memory.</summary>
    Resources,

    /// <summary>Anything else.</summary>
    Internal,

    /// <summary>A limit of setrlimit(2) is more than it may have.</summary>
    Ulimit,
}
