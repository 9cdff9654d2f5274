using System.Threading.Channels;
using Grpc.Core;

namespace Levity.Daemon.Tests.Fakes;

/// <summary>A client that sends what the test says, when it says it.</summary>
internal sealed class ScriptedReader<T> : IAsyncStreamReader<T>
    where T : class
{
    private readonly Channel<T> _messages = Channel.CreateUnbounded<T>();

    public T Current { get; private set; } = null!;

    public void Send(T message) => Assert.True(_messages.Writer.TryWrite(message));

    /// <summary>The client has nothing more to say.</summary>
    public void Complete() => _messages.Writer.Complete();

    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        var isThere = await _messages.Reader.WaitToReadAsync(cancellationToken);
        Current = isThere && _messages.Reader.TryRead(out var message) ? message : null!;
        return isThere;
    }
}
