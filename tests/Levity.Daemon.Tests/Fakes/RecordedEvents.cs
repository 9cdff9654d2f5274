using System.Threading.Channels;
using Google.Protobuf;
using Levity.Daemon.Supervision;
using Levity.Protocol.Supervisor;

namespace Levity.Daemon.Tests.Fakes;

/// <summary>What the supervisor told, in order.</summary>
internal sealed class RecordedEvents : ISupervisorEvents
{
    private readonly Channel<IMessage> _told = Channel.CreateUnbounded<IMessage>();

    /// <summary>Called by the connection's reader, before the event counts as told.</summary>
    public Action OnConnected { get; set; } = () => { };

    public void Connected(Welcome welcome)
    {
        OnConnected();
        _told.Writer.TryWrite(welcome);
    }

    public void ChildEnded(ChildEnded ended) => _told.Writer.TryWrite(ended);

    public void ChildChanged(LiveChild child) => _told.Writer.TryWrite(child);

    public void LogGrown(LogGrown grown) => _told.Writer.TryWrite(grown);

    public Task<IMessage> NextAsync() =>
        Soon.Async(_told.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask());
}
