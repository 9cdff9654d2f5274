using Levity.Linux;
using Levity.Logs;

namespace Levity.Supervisor.Output;

/// <summary>
/// The two pipes that a task writes into, or its terminal, and the log that they end in. Only its output loop touches it.
/// </summary>
internal sealed class TaskOutput(
    string taskId, SafeFileDescriptor stdout, SafeFileDescriptor stderr, LogWriter log) : IDisposable
{
    /// <summary>
    /// The task's sides of its terminal or its pipes, where they are not to come to an end when nobody has them open: a task
    /// may let go of its terminal for a while, and one that is executed again has no process in between.
    /// </summary>
    public IReadOnlyList<SafeFileDescriptor> HeldOpen { get; init; } = [];

    public string TaskId => taskId;

    public OutputPipe Stdout { get; } = new(stdout, LogStream.Stdout);

    public OutputPipe Stderr { get; } = new(stderr, LogStream.Stderr);

    public LogWriter Log => log;

    /// <summary>Somebody waits for the log to grow beyond this.</summary>
    public ulong? WatchedCursor { get; set; }

    /// <summary>Something was written since the loop last looked for idle files.</summary>
    public bool Touched { get; set; }

    public void Dispose()
    {
        Stdout.Descriptor.Dispose();
        Stderr.Descriptor.Dispose();
        foreach (var descriptor in HeldOpen)
        {
            descriptor.Dispose();
        }

        log.Dispose();
    }
}

/// <summary>The reading end of one of them; an invalid one when the stream has ended already.</summary>
internal sealed class OutputPipe(SafeFileDescriptor descriptor, LogStream stream)
{
    public SafeFileDescriptor Descriptor => descriptor;

    public LogStream Stream => stream;

    /// <summary>What the loop's epoll knows it by.</summary>
    public ulong Key { get; set; }

    public bool Ended { get; set; } = descriptor.IsInvalid;

    /// <summary>The pipe was made larger because it was found full once.</summary>
    public bool Grown { get; set; }
}
