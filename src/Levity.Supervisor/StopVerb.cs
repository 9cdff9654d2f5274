using System.Net.Sockets;
using Levity.Protocol.Supervisor;

namespace Levity.Supervisor;

/// <summary>
/// Tells the supervisor of a state directory to stop its tasks and itself, and waits until it is gone.
/// </summary>
internal static class StopVerb
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    public static async Task<int> RunAsync(string stateDirectory, TextWriter error)
    {
        var path = Path.Combine(Path.GetFullPath(stateDirectory), ControlProtocol.SocketName);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path));
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            socket.Dispose();
            await error.WriteLineAsync($"levity-supervisor: none is running for '{stateDirectory}': {e.Message}");
            return 1;
        }

        await using var connection = new MessageConnection<Reply, Request>(socket);
        connection.Post(new Request { Shutdown = new Shutdown { GraceMs = (long)Grace.TotalMilliseconds } });
        try
        {
            await foreach (var _ in connection.ReadAllAsync(CancellationToken.None))
            {
                // Nothing is answered; the end of the stream is the answer.
            }
        }
        catch (IOException)
        {
            // Closed under us: gone as well.
        }

        return 0;
    }
}
