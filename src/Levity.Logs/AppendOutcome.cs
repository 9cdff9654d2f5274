namespace Levity.Logs;

/// <summary>Whether the log has what was to be written: <paramref name="Errno"/> is 0, or why it has not.</summary>
public readonly record struct AppendOutcome(int Errno)
{
    /// <summary>All of it is in the log.</summary>
    public bool Succeeded => Errno == 0;

    public override string ToString() => Succeeded ? "written" : Linux.Errno.Describe(Errno);
}
