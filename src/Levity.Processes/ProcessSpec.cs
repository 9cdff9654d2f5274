namespace Levity.Processes;

/// <summary>
/// A process to be started. All of it is bytes and reaches the process as it is; none may contain a NUL.
/// </summary>
public sealed record ProcessSpec
{
    /// <summary>
    /// The command: an absolute path, a path with a slash, which begins at the working directory, or a bare name, which
    /// is looked up in the PATH of <see cref="Environment"/>.
    /// </summary>
    public required ReadOnlyMemory<byte> Binary { get; init; }

    /// <summary>What the program gets as its argument vector, its own name first.</summary>
    public required IReadOnlyList<ReadOnlyMemory<byte>> Argv { get; init; }

    /// <summary>The whole environment, NAME=value each: nothing of ours is added.</summary>
    public required IReadOnlyList<ReadOnlyMemory<byte>> Environment { get; init; }

    /// <summary>The directory to start in.</summary>
    public required ReadOnlyMemory<byte> WorkingDirectory { get; init; }
}
