using System.IO.Pipelines;

namespace Levity.Daemon.Security.Admission;

/// <summary>What a connection sends and is sent, behind TLS, with an eye on how many frames that ask for nothing it sends.</summary>
/// <param name="inner">The transport itself.</param>
/// <param name="budget">Counts them.</param>
/// <param name="tooMany">Ends the connection.</param>
internal sealed class GuardedTransport(IDuplexPipe inner, FrameBudget budget, Action tooMany) : IDuplexPipe
{
    public PipeReader Input { get; } = new GuardedReader(inner.Input, budget, tooMany);

    public PipeWriter Output { get; } = new CountedWriter(inner.Output, budget);

    private sealed class GuardedReader(PipeReader inner, FrameBudget budget, Action tooMany) : PipeReader
    {
        private ReadResult _last;

        public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) =>
            _last = await inner.ReadAsync(cancellationToken);

        public override bool TryRead(out ReadResult result)
        {
            var hasRead = inner.TryRead(out result);
            _last = result;
            return hasRead;
        }

        public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

        // What is consumed is seen once, however often it was read.
        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
        {
            if (!budget.TryPass(_last.Buffer.Slice(0, consumed)))
            {
                tooMany();
            }

            inner.AdvanceTo(consumed, examined);
        }

        public override void CancelPendingRead() => inner.CancelPendingRead();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);

        public override ValueTask CompleteAsync(Exception? exception = null) => inner.CompleteAsync(exception);
    }

    private sealed class CountedWriter(PipeWriter inner, FrameBudget budget) : PipeWriter
    {
        public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

        public override long UnflushedBytes => inner.UnflushedBytes;

        public override void Advance(int bytes)
        {
            budget.Sent(bytes);
            inner.Advance(bytes);
        }

        public override Memory<byte> GetMemory(int sizeHint = 0) => inner.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => inner.GetSpan(sizeHint);

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) =>
            inner.FlushAsync(cancellationToken);

        public override ValueTask<FlushResult> WriteAsync(
            ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
        {
            budget.Sent(source.Length);
            return inner.WriteAsync(source, cancellationToken);
        }

        public override void CancelPendingFlush() => inner.CancelPendingFlush();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);

        public override ValueTask CompleteAsync(Exception? exception = null) => inner.CompleteAsync(exception);
    }
}
