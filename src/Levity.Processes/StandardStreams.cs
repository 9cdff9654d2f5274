using Levity.Linux;

namespace Levity.Processes;

/// <summary>What becomes the descriptors 0, 1 and 2 of a process.</summary>
public sealed record StandardStreams(SafeFileDescriptor Input, SafeFileDescriptor Output, SafeFileDescriptor Error)
{
    /// <summary>
    /// The input was made for this process, as the other two always are, and is given to its user. /dev/null is not.
    /// </summary>
    public bool HaveInput { get; init; }

    /// <summary>The three are one terminal, which becomes the process's controlling one.</summary>
    public bool AreTerminal { get; init; }
}
