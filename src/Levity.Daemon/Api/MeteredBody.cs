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
/// <param name="tooMuch">Ends the call.</param>
internal sealed class MeteredBody(PipeReader inner, HeldBytes held, Action tooMuch) : PipeReader, IRequestBodyPipeFeature, IDisposable
{
    // What every stream may hold for nothing.
    private const int Small = 64 * 1024;

    private ReadResult _last;
    private long _counted;

    public PipeReader Reader => this;

    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        _last = await inner.ReadAsync(cancellationToken);
        Count(_last.Buffer.Length);
        return _last;
    }

    public override bool TryRead(out ReadResult result)
    {
        var hasRead = inner.TryRead(out result);
        if (hasRead)
        {
            _last = result;
            Count(result.Buffer.Length);
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
