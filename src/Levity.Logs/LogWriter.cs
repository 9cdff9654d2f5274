namespace Levity.Logs;

/// <summary>
/// The one writer of one log. Not safe for use by two threads at once. What it has appended is safe from the death of
/// this process at once, and from that of the machine as soon as the kernel has written it back.
/// </summary>
public sealed class LogWriter : IDisposable
{
    private LogWriter(string directory) => _ = directory;

    /// <summary>The cursor behind the last frame; of a sealed log, that of the seal.</summary>
    public LogCursor End { get; private set; }

    /// <summary>Nothing can be appended any more.</summary>
    public bool IsSealed { get; private set; }

    /// <summary>How many bytes <see cref="Reopen"/> has cut off the end of the file because they were no whole frame.</summary>
    public long CutBytes { get; }

    /// <summary>Bytes of output that this writer was given and could not write.</summary>
    public ulong LostBytes { get; private set; }

    /// <summary>Makes a log: a directory of mode 0700 with one segment of mode 0600.</summary>
    /// <exception cref="LinuxException">mkdirat(2), openat(2), pwrite(2): EEXIST when there is a log, ENOSPC …; nothing is left behind.</exception>
    public static LogWriter Create(string directory) => new(directory);

    /// <summary>Goes on with a log whose writer has died. Whatever is no whole frame at its end is cut off.</summary>
    /// <exception cref="LinuxException">openat(2): ENOENT when there is no log …</exception>
    /// <exception cref="InvalidDataException">Not a log, or one of a newer format.</exception>
    public static LogWriter Reopen(string directory) => new(directory);

    /// <summary>
    /// Appends the first <paramref name="count"/> bytes of the buffer's payload as one frame. When that fails they are
    /// lost and counted, the log still ends in a whole frame, and the next frame that can be written is preceded by a
    /// gap that tells how many.
    /// </summary>
    /// <param name="buffer">The payload; its surroundings are overwritten.</param>
    /// <param name="stream">What the task wrote to.</param>
    /// <param name="count">From 0 (which appends nothing) to <see cref="LogFrameBuffer.MaxPayload"/>.</param>
    /// <param name="unixNs">When it arrived, in nanoseconds since 1970.</param>
    public AppendOutcome Append(LogFrameBuffer buffer, LogStream stream, int count, long unixNs) => default;

    /// <summary>
    /// Ends the log with a last frame. When that fails the log is not sealed and this may be tried again.
    /// </summary>
    /// <param name="unixNs">When the task ended, in nanoseconds since 1970.</param>
    /// <param name="ending">How it ended, for <see cref="LogSeal.TryRead"/>; at most <see cref="LogFrameBuffer.MaxPayload"/> bytes.</param>
    public AppendOutcome Seal(long unixNs, ReadOnlySpan<byte> ending) => default;

    /// <summary>Closes the file until the next append, so that the log of an idle task holds no descriptor.</summary>
    public void ReleaseFile()
    {
    }

    public void Dispose() => ReleaseFile();
}
