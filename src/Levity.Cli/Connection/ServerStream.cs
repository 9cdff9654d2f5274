using System.Net.Security;
using System.Net.Sockets;

namespace Levity.Cli.Connection;

/// <summary>
/// The TLS connection, with a memory of how it began. In TLS 1.3 our handshake is over before the server has looked at
/// our certificate: if it refuses it, all that we see is that the first read fails.
/// </summary>
internal sealed class ServerStream(Socket socket) : SslStream(new NetworkStream(socket, ownsSocket: true))
{
    private volatile bool _hasSpoken;

    /// <summary>Whether the server has sent anything since the handshake: then it has accepted us.</summary>
    public bool HasSpoken => _hasSpoken;

    /// <summary>How the first read failed, if it threw.</summary>
    public Exception? FirstReadFailure { get; private set; }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _hasSpoken ? base.ReadAsync(buffer, cancellationToken) : ReadFirstAsync(buffer, cancellationToken);

    private async ValueTask<int> ReadFirstAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            var count = await base.ReadAsync(buffer, cancellationToken);
            _hasSpoken = count > 0;
            return count;
        }
        catch (IOException e)
        {
            FirstReadFailure = e;
            throw;
        }
    }
}
