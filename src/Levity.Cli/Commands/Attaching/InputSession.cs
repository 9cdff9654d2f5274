using System.Runtime.InteropServices;
using Levity.Cli.Terminals;
using Levity.Client;
using Levity.Linux;

namespace Levity.Cli.Commands.Attaching;

/// <summary>
/// Our standard input, passed on to a task until one of the two is at its end. Where both have a terminal, ours is the
/// task's meanwhile.
/// </summary>
internal sealed class InputSession : IAsyncDisposable
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(100);

    private readonly TaskAttachment _attachment;
    private readonly DetachKeys _keys;
    private readonly CommandContext _context;
    private readonly CancellationTokenSource _detached = new();
    private readonly LocalTerminal? _terminal;
    private readonly bool _hasTerminal;
    private readonly Task _ending;

    private InputSession(
        TaskAttachment attachment,
        bool hasTerminal,
        DetachKeys keys,
        CommandContext context,
        IReadOnlyCollection<PosixSignal> deadly)
    {
        (_attachment, _keys, _context) = (attachment, keys, context);
        Detached = _detached.Token;
        _hasTerminal = hasTerminal;
        _terminal = hasTerminal ? LocalTerminal.TryTake(Resize, deadly) : null;
        context.Output.IsRaw = _terminal is not null;

        // A thread of its own: a read of a terminal cannot be taken back. It does not keep the process.
        new Thread(PassOn) { Name = "input", IsBackground = true }.Start();
        _ending = EndAsync();
    }

    /// <summary>What the task has changed about our terminal.</summary>
    public ScreenModes Screen { get; } = new();

    /// <summary>Cancelled when the keys for that were typed.</summary>
    public CancellationToken Detached { get; }

    /// <param name="client">By which the task is reached.</param>
    /// <param name="id">The task.</param>
    /// <param name="keys">What leaves it, typed on a terminal.</param>
    /// <param name="deadly">The signals that end us, and are not caught by anybody else.</param>
    /// <param name="context">Where to say what goes wrong.</param>
    /// <param name="cancellationToken">Ends the beginning.</param>
    /// <exception cref="LevityException">The server does not let us in.</exception>
    public static async Task<InputSession> BeginAsync(
        LevityClient client,
        string id,
        DetachKeys keys,
        IReadOnlyCollection<PosixSignal> deadly,
        CommandContext context,
        CancellationToken cancellationToken)
    {
        // Of a lost connection who reads the output tells.
        var attachment = client.Attach(id);
        try
        {
            var hasTerminal = await attachment.HasTerminal.WaitAsync(cancellationToken);
            return new InputSession(attachment, hasTerminal, keys, context, deadly);
        }
        catch
        {
            await attachment.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Has the task draw its terminal, in the size of ours: for when somebody sees what it prints. Full-screen programs do
    /// whenever they are told a size, shells only when it is another one; so for a moment it is.
    /// </summary>
    public async Task DrawAsync()
    {
        if (_hasTerminal && LocalTerminal.FindSize() is { } size)
        {
            Resize(size with { Columns = (ushort)Math.Max(1, size.Columns - 1) });
            await Task.Delay(Moment, _context.Time);
            Resize(LocalTerminal.FindSize() ?? size);
        }
    }

    public async ValueTask DisposeAsync()
    {
        LeaveTerminal();
        await _attachment.DisposeAsync();
        await _ending;
    }

    private void Resize(WindowSize size) => _attachment.Resize(size.Rows, size.Columns);

    private void LeaveTerminal()
    {
        if (_terminal is not null && _context.Output.IsRaw)
        {
            _context.Output.WriteOutput(Screen.Undo());
            _terminal.Dispose();
            _context.Output.IsRaw = false;
        }
    }

    // Nobody can be kept in a terminal that does not listen any more.
    private async Task EndAsync()
    {
        try
        {
            await _attachment.Closed;
        }
        catch (LevityException e)
        {
            LeaveTerminal();
            _context.Output.Report($"no more input is passed on: {e.Message}");
        }
        catch (OperationCanceledException)
        {
            // We have left.
        }
    }

    private void PassOn()
    {
        using var input = InheritedDescriptor.Borrow(0);
        var typed = new byte[TaskAttachment.LargestChunk];
        try
        {
            while (!_attachment.Closed.IsCompleted && DescriptorIO.Read(input, typed) is > 0 and var count)
            {
                if (_terminal is null)
                {
                    _attachment.WriteAsync(typed.AsMemory(0, count)).GetAwaiter().GetResult();
                }
                else if (!TryType(typed.AsSpan(0, count)))
                {
                    return;
                }
            }

            _attachment.EndAsync().GetAwaiter().GetResult();
        }
        catch (LinuxException e)
        {
            _context.Output.Report($"standard input cannot be read: {e.Message}");
            _attachment.EndAsync().GetAwaiter().GetResult();
        }
    }

    // False when the keys were among it.
    private bool TryType(ReadOnlySpan<byte> typed)
    {
        var passed = new List<byte>(typed.Length);
        var detaches = _keys.Take(typed, passed);
        _attachment.WriteAsync(passed.ToArray()).GetAwaiter().GetResult();
        if (detaches)
        {
            _detached.Cancel();
        }

        return !detaches;
    }
}
