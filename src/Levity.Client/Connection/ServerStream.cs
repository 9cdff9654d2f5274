using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Levity.Client.Connection;

/// <summary>
/// The TLS connection, with a memory of how it began and whether it has ended. In TLS 1.3 our handshake is over before the
/// server has looked at our certificate: if it refuses it, all that we see is that the first read fails.
/// </summary>
internal sealed class ServerStream(Socket socket) : SslStream(new NetworkStream(socket, ownsSocket: true))
{
    private volatile bool _hasSpoken;
    private volatile bool _hasEnded;

    /// <summary>Whether the server has sent anything since the handshake: then it has accepted us.</summary>
    public bool HasSpoken => _hasSpoken;

    /// <summary>Whether nothing comes any more.</summary>
    public bool HasEnded => _hasEnded;

    /// <summary>How the first read failed, if it threw.</summary>
    public Exception? FirstReadFailure { get; private set; }

    // Each read of a log of any size passes here: pooled, so that it allocates nothing.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            var count = await base.ReadAsync(buffer, cancellationToken);
            _hasSpoken |= count > 0;
            _hasEnded |= count == 0 && !buffer.IsEmpty;
            return count;
        }
        catch (Exception e)
        {
            if (!_hasSpoken && e is IOException)
            {
                FirstReadFailure = e;
            }

            _hasEnded = true;
            throw;
        }
    }

    protected override void Dispose(bool disposing)
    {
        _hasEnded = true;
        base.Dispose(disposing);
    }
}
