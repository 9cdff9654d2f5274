using System.Net.Sockets;

namespace Levity.Protocol.Tests.Supervisor;

/// <summary>Two connected Unix sockets.</summary>
internal static class SocketPair
{
    public static async Task<(Socket One, Socket Other)> ConnectAsync()
    {
        // An abstract address (unix(7)): nothing in the file system, nothing to clean up.
        var address = new UnixDomainSocketEndPoint($"\0levity-{Guid.NewGuid()}");
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(address);
        listener.Listen();
        var one = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await one.ConnectAsync(address, TestContext.Current.CancellationToken);
        return (one, await listener.AcceptAsync(TestContext.Current.CancellationToken));
    }
}
