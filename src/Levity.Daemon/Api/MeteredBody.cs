using System.IO.Pipelines;
using Levity.Daemon.Security.Admission;
using Microsoft.AspNetCore.Http.Features;

namespace Levity.Daemon.Api;

/// <summary>
/// The body of a request, counted: whoever reads a message leaves it in here until it is whole, and Kestrel lets the client send
/// on meanwhile. Each of a connection's streams could hold the largest message.
/// </summary>
/// <param name="inner">The body.</param>
/// <param name="held">What its user has in all.</param>
/// <param name="watch">Begins when something is waited for, and ends when all is there; null for what need not come.</param>
/// <param name="tooMuch">Ends the call.</param>
internal sealed class MeteredBody(PipeReader inner, HeldBytes held, ReaderWatch? watch, Action tooMuch)
    : PipeReader, IRequestBodyPipeFeature, IDisposable
{
    // What every stream may hold for nothing.
    private const int Small = 64 * 1024;

    private ReadResult _last;
    private long _counted;
    private bool _isWatched;

    public PipeReader Reader => this;

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        var reading = inner.ReadAsync(cancellationToken);
        return reading.IsCompletedSuccessfully ? new(Taken(reading.Result)) : WaitAsync(reading);
    }

    public override bool TryRead(out ReadResult result)
    {
        var hasRead = inner.TryRead(out result);
        if (hasRead)
        {
            Taken(result);
        }

        return hasRead;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        var left = _counted == 0 ? 0 : _last.Buffer.Slice(consumed).Length;
        inner.AdvanceTo(consumed, examined);
        Count(left);
    }

    public override void CancelPendingRead() => inner.CancelPendingRead();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    public override ValueTask CompleteAsync(Exception? exception = null) => inner.CompleteAsync(exception);

    public void Dispose() => Count(0);

    private async ValueTask<ReadResult> WaitAsync(ValueTask<ReadResult> reading)
    {
        // Once: some bytes now and then are no reason to begin again.
        if (!_isWatched)
        {
            _isWatched = true;
            watch?.Begin();
        }

        return Taken(await reading);
    }

    private ReadResult Taken(ReadResult result)
    {
        _last = result;
        Count(result.Buffer.Length);
        if (result.IsCompleted)
        {
            watch?.End();
        }

        return result;
    }

    private void Count(long bytes)
    {
        var counted = bytes > Small ? bytes : 0;
        if (counted <= _counted)
        {
            held.Release(_counted - counted);
        }
        else if (!held.TryHold(counted - _counted))
        {
            tooMuch();
            return;
        }

        _counted = counted;
    }
}
