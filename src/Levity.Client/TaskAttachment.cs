using Levity.Client.Calls;
using Levity.Client.Connection;

namespace Levity.Client;

/// <summary>
/// Writes to the standard input of one task, at the task's pace, and tells its terminal's size. It outlives the connection
/// and the server: after a loss it connects again, and goes on where the task is, so that no byte is lost and none comes
/// twice. What the task writes meanwhile is for <see cref="LevityClient.StreamLogsAsync"/>.
/// </summary>
public sealed class TaskAttachment : IAsyncDisposable
{
    /// <summary>What is passed on at once; more at a time is cut up.</summary>
    public const int LargestChunk = 32 * 1024;

    private readonly CancellationTokenSource _leaving = new();
    private readonly PendingInput _pending = new();
    private readonly Task _sending;

    internal TaskAttachment(
        SharedConnection connection, ConnectionOptions options, string id, TimeProvider time, Action? resuming)
    {
        var sender = new InputSender(connection, options, id, _pending, time, resuming);
        _sending = sender.SendAllAsync(_leaving.Token);
        HasTerminal = sender.Attached;
    }

    /// <summary>
    /// Known as soon as the server has let us in: whether the task has a terminal. Fails with
    /// <see cref="LevityException"/> when it does not.
    /// </summary>
    public Task<bool> HasTerminal { get; }

    /// <summary>
    /// Completes when the task takes no more: it is over, has closed its input, or has been told the end of it. Fails with
    /// <see cref="LevityException"/> when it cannot be reached any more.
    /// </summary>
    public Task Closed => _sending;

    /// <summary>
    /// Writes some bytes, which are copied. Waits while the task has not taken much of what was written before; once it
    /// takes no more, what is written is passed over.
    /// </summary>
    public async Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken = default)
    {
        while (!bytes.IsEmpty)
        {
            var chunk = bytes[..Math.Min(bytes.Length, LargestChunk)];
            await _pending.AddAsync(chunk, end: false, cancellationToken);
            bytes = bytes[chunk.Length..];
        }
    }

    /// <summary>There is no more: a pipe is closed, a terminal gets its end-of-file character.</summary>
    public Task EndAsync(CancellationToken cancellationToken = default) =>
        _pending.AddAsync(ReadOnlyMemory<byte>.Empty, end: true, cancellationToken);

    /// <summary>Tells the size of the terminal; of several that are told one after the other the last one counts.</summary>
    public void Resize(int rows, int columns) => _pending.Resize(rows, columns);

    /// <summary>Leaves the task alone. What it has not taken yet may be lost.</summary>
    public async ValueTask DisposeAsync()
    {
        await _leaving.CancelAsync();
        await _sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _leaving.Dispose();
    }
}
