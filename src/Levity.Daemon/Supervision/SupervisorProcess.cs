using System.Diagnostics;
using System.Net.Sockets;
using Levity.Protocol.Supervisor;

namespace Levity.Daemon.Supervision;

/// <summary>
/// Finds the supervisor of a state directory, or starts one. <c>levity-supervisor start</c> returns once the
/// supervisor, in a session of its own, accepts connections; so levityd never has it as a child.
/// </summary>
/// <param name="program">What to start; null when that is a service manager's business.</param>
/// <param name="stateDirectory">Where its socket is.</param>
/// <param name="requireOurs">Throws when that directory is not the one any more that this levityd has.</param>
internal sealed class SupervisorProcess(string? program, string stateDirectory, Action requireOurs)
{
    // What .NET makes of ENOENT.
    private const SocketError NoSuchFile = SocketError.AddressNotAvailable;

    /// <summary>How an operator replaces the supervisor by the program that belongs to this levityd.</summary>
    public string UpgradeCommand => $"{program ?? "levity-supervisor"} upgrade --state-dir {stateDirectory}";

    /// <summary>
    /// A connected socket. Throws <see cref="SupervisorUnavailableException"/> with what the supervisor said when it
    /// could not be started.
    /// </summary>
    public async Task<Socket> ConnectAsync(CancellationToken cancellationToken)
    {
        // Before one is started, and once whoever has this path is connected and not a word was said.
        requireOurs();
        var socket = await TryConnectAsync(cancellationToken) ?? await StartThenConnectAsync(cancellationToken);
        try
        {
            requireOurs();
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task<Socket> StartThenConnectAsync(CancellationToken cancellationToken)
    {
        await StartAsync(
            program ?? throw new SupervisorUnavailableException(
                $"no supervisor serves '{stateDirectory}', and levityd is told to start none (--supervisor off): start it with "
                + $"levity-supervisor start --state-dir {stateDirectory}, or as the service that it is (deploy/systemd)"),
            stateDirectory,
            cancellationToken);
        return await TryConnectAsync(cancellationToken)
            ?? throw new SupervisorUnavailableException($"'{program}' started and does not accept connections");
    }

    private async Task<Socket?> TryConnectAsync(CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            var path = Path.Combine(stateDirectory, ControlProtocol.SocketName);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            return socket;
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionRefused or NoSuchFile)
        {
            // Refused: the socket is there and nobody listens, which is what a killed supervisor leaves behind.
            socket.Dispose();
            return null;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task StartAsync(string program, string stateDirectory, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(program, ["start", "--state-dir", stateDirectory])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        try
        {
#pragma warning disable RS0030 // Not a task: our own program, which detaches itself and returns.
            using var starter = Process.Start(start)!;
#pragma warning restore RS0030
            starter.StandardInput.Close();
            var output = starter.StandardOutput.ReadToEndAsync(cancellationToken);
            var said = await starter.StandardError.ReadToEndAsync(cancellationToken);
            await output;
            await starter.WaitForExitAsync(cancellationToken);
            if (starter.ExitCode != 0)
            {
                throw new SupervisorUnavailableException(
                    $"'{program} start' failed with exit code {starter.ExitCode}: {said.Trim()}");
            }
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new SupervisorUnavailableException($"cannot execute '{program}': {e.Message}", e);
        }
    }
}
