using Grpc.Core;
using Levity.Daemon.Tasks;

namespace Levity.Daemon.Api;

/// <summary>
/// Sees to it that a call which somebody may make because a task is shared with them does not outlast the share: whether
/// that is taken back, or replaced by less, or expires.
/// </summary>
#pragma warning disable CA1001 // The source has no timer, so there is nothing to dispose of, and a last look may be under way.
internal sealed class ShareWatch : IDisposable
#pragma warning restore CA1001
{
    // An expiry is noticed within a second, however the wall clock is set meanwhile; a change of the shares at once.
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(250);

    private readonly CancellationTokenSource _ended = new();
    private readonly ManagedTask _task;
    private readonly Func<RpcException?> _refusal;
    private readonly ITimer _timer;
    private volatile RpcException? _because;

    /// <param name="task">What the call is about.</param>
    /// <param name="refusal">What its caller would be told now; null as long as all is well.</param>
    /// <param name="time">The clock.</param>
    public ShareWatch(ManagedTask task, Func<RpcException?> refusal, TimeProvider time)
    {
        (_task, _refusal) = (task, refusal);
        _timer = time.CreateTimer(_ => Look(), state: null, Period, Period);
        task.SharesChanged += LookNow;

        // It may have been taken back since the call was let through.
        Look();
    }

    /// <summary>Cancelled when the call may not go on.</summary>
    public CancellationToken Ended => _ended.Token;

    /// <summary>Why it may not; null as long as it may.</summary>
    public RpcException? EndedBecause => _because;

    public void Dispose()
    {
        _task.SharesChanged -= LookNow;
        _timer.Dispose();
    }

    // Not here: whoever has changed the shares does not end other people's calls.
    private void LookNow() => _timer.Change(TimeSpan.Zero, Period);

    private void Look()
    {
        if (_because is null && _refusal() is { } refusal)
        {
            _because = refusal;
            _ended.Cancel();
        }
    }
}
