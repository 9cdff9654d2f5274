using System.Threading.Channels;
using Grpc.Core;

namespace Levity.Daemon.Tests.Fakes;

/// <summary>A client that takes one message, and no other one until its gate is opened.</summary>
internal sealed class GatedWriter<T> : IServerStreamWriter<T>
    where T : class
{
    private readonly Channel<T> _messages = Channel.CreateUnbounded<T>();
    private readonly TaskCompletionSource _waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _hasOne;

    public WriteOptions? WriteOptions { get; set; }

    /// <summary>Completes when a message waits at the gate.</summary>
    public Task Waiting => _waiting.Task;

    public void Open() => _open.SetResult();

    public Task WriteAsync(T message) => WriteAsync(message, CancellationToken.None);

    public async Task WriteAsync(T message, CancellationToken cancellationToken)
    {
        if (_hasOne)
        {
            _waiting.TrySetResult();
            await _open.Task.WaitAsync(cancellationToken);
        }

        _hasOne = true;
        Assert.True(_messages.Writer.TryWrite(message));
    }

    public Task<T> NextAsync() =>
        Soon.Async(_messages.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask());
}
