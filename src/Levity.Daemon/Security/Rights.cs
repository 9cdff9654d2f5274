namespace Levity.Daemon.Security;

/// <summary>What somebody may do.</summary>
[Flags]
internal enum Rights
{
    /// <summary>What anybody with a valid certificate may do; nothing of it is a secret among them.</summary>
    None = 0,

    /// <summary>Start tasks of one's own.</summary>
    Start = 1,

    /// <summary>Be told of a task: its state, what was asked for, its log.</summary>
    Read = 2,

    /// <summary>Ask a task to stop.</summary>
    Signal = 4,

    /// <summary>Remove a task with its log, killed first if it is live.</summary>
    Remove = 8,

    /// <summary>A task is one's own: asking about it keeps it from expiring, and the values of its environment are told.</summary>
    Own = 16,

    /// <summary>Share a task with others, and see with whom it is shared.</summary>
    Share = 32,

    /// <summary>Write to its standard input, and tell the size of its terminal.</summary>
    Attach = 64,
}
