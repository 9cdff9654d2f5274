using System.Threading.Channels;
using Google.Protobuf;
using Grpc.Core;

namespace Levity.Daemon.Tests.Fakes;

/// <summary>
/// A client that reads all it is sent. Copies are kept: a message may share memory with what comes after it.
/// </summary>
internal sealed class CollectingWriter<T> : IServerStreamWriter<T>
    where T : IMessage<T>
{
    private readonly Channel<T> _messages = Channel.CreateUnbounded<T>();

    public WriteOptions? WriteOptions { get; set; }

    public Task WriteAsync(T message)
    {
        var copy = (T)message.Descriptor.Parser.ParseFrom(message.ToByteArray());
        Assert.True(_messages.Writer.TryWrite(copy));
        return Task.CompletedTask;
    }

    public Task WriteAsync(T message, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return WriteAsync(message);
    }

    public Task<T> NextAsync() =>
        Soon.Async(_messages.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask());

    /// <summary>All that was sent and not taken yet.</summary>
    public List<T> Rest()
    {
        var rest = new List<T>();
        while (_messages.Reader.TryRead(out var message))
        {
            rest.Add(message);
        }

        return rest;
    }
}
