namespace Levity.Linux;

/// <summary>A system call failed: which one, on what, and with which errno.</summary>
public sealed class LinuxException : IOException
{
    public LinuxException(string call, int errno, string? argument = null)
        : base(argument is null
            ? $"{call}: {Errno.Describe(errno)}"
            : $"{call} '{argument}': {Errno.Describe(errno)}")
    {
        Call = call;
        Number = errno;
        Argument = argument;
    }

    /// <summary>The call as the manual names it, such as <c>openat</c>.</summary>
    public string Call { get; }

    /// <summary>The errno, one of <see cref="Errno"/>.</summary>
    public int Number { get; }

    /// <summary>What it was called on, usually a path.</summary>
    public string? Argument { get; }
}
