using System.Net.Sockets;
using System.Runtime.InteropServices;
using Levity.Linux;

namespace Levity.Supervisor.Control;

/// <summary>Who is at the other end of a Unix socket, as the kernel saw it connect: SO_PEERCRED, unix(7).</summary>
internal static class PeerCredentials
{
    private const int SolSocket = 1;
    private const int SoPeerCred = 17;

    /// <summary>Whether the peer has our own user id, or is root.</summary>
    public static bool IsOurUser(Socket socket)
    {
        // struct ucred: pid, uid, gid.
        Span<int> credentials = stackalloc int[3];
        socket.GetRawSocketOption(SolSocket, SoPeerCred, MemoryMarshal.AsBytes(credentials));
        var peer = (uint)credentials[1];
        return peer == 0 || peer == CurrentUser.EffectiveId;
    }
}
