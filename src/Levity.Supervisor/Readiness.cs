using System.Net.Sockets;
using System.Text;
using Levity.Linux;
using Levity.Supervisor.State;
using Microsoft.Win32.SafeHandles;

namespace Levity.Supervisor;

/// <summary>Tells whoever started the supervisor that it accepts connections.</summary>
internal static class Readiness
{
    // sd_notify(3): where a service manager waits for READY=1. With an @ it is a name in the abstract namespace.
    private const string NotifySocket = "NOTIFY_SOCKET";

    public static void Tell(SupervisorLog log)
    {
        try
        {
            if (Environment.GetEnvironmentVariable(NotifySocket) is { Length: > 0 } path)
            {
                using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
                socket.SendTo("READY=1"u8, new UnixDomainSocketEndPoint(path[0] == '@' ? $"\0{path[1..]}" : path));
                Environment.SetEnvironmentVariable(NotifySocket, null);
            }
            else
            {
                // `start` waits for this, or for the end of the stream.
                using var output = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
                output.Write(Encoding.ASCII.GetBytes(StartVerb.ReadyMessage));
            }
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            // It may have been killed meanwhile, and levityd with it: the next levityd finds us all the same.
            log.Write($"whoever started this supervisor is gone already: {e.Message}");
        }

        StandardOutput.ReplaceByNull();
    }
}
