using System.Net.Sockets;
using Levity.Protocol.Supervisor;

namespace Levity.Daemon.Tests.Fakes;

/// <summary>The control socket of a supervisor whose every word the test says.</summary>
internal sealed class SupervisorSocket : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    public SupervisorSocket(string stateDirectory)
    {
        _listener.Bind(new UnixDomainSocketEndPoint(Path.Combine(stateDirectory, ControlProtocol.SocketName)));
        _listener.Listen();
    }

    public async Task<Peer> AcceptAsync() =>
        new(await Soon.Async(_listener.AcceptAsync(TestContext.Current.CancellationToken).AsTask()));

    /// <summary>Accepts a levityd and answers its Hello.</summary>
    public async Task<Peer> WelcomeAsync(Welcome? welcome = null)
    {
        var peer = await AcceptAsync();
        var hello = await peer.ReceiveAsync();
        Assert.Equal(ControlProtocol.Versions, VersionRange.Of(hello.Hello));
        welcome ??= new Welcome { ProgramVersion = ThisBuild.Version };
        welcome.ProtocolVersion = welcome.ProtocolVersion == 0 ? ControlProtocol.Version : welcome.ProtocolVersion;
        peer.Send(new Reply { Id = hello.Id, Welcome = welcome });
        return peer;
    }

    public void Dispose() => _listener.Dispose();

    /// <summary>One connection, from the supervisor's side.</summary>
    internal sealed class Peer : IAsyncDisposable
    {
        private readonly MessageConnection<Request, Reply> _connection;
        private readonly IAsyncEnumerator<Request> _requests;

        public Peer(Socket socket)
        {
            _connection = new MessageConnection<Request, Reply>(socket);
            _requests = _connection.ReadAllAsync(CancellationToken.None).GetAsyncEnumerator();
        }

        public async Task<Request> ReceiveAsync()
        {
            Assert.True(await Soon.Async(_requests.MoveNextAsync().AsTask()));
            return _requests.Current;
        }

        public void Send(Reply reply) => Assert.True(_connection.Post(reply));

        public ValueTask DisposeAsync() => _connection.DisposeAsync();
    }
}
