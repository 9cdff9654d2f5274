using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Levity.Bench.Measuring;
using Levity.Bench.Processes;

namespace Levity.Bench.Peers;

/// <summary>
/// OpenSSH as Debian ships it: a server of our own on a free port of loopback with keys made for this run, and a
/// connection that is kept open. As quick as it can be: no PAM, no start-up file of the user's shell.
/// </summary>
internal sealed class Ssh : IAsyncDisposable
{
    public const string HowToInstall = "not installed: apt-get install openssh-server openssh-client";

    private const string Host = "bench";
    private const string ServerProgram = "/usr/sbin/sshd";
    private const string ClientProgram = "/usr/bin/ssh";

    // sshd, as root, insists on this directory.
    private const string PrivilegeSeparation = "/run/sshd";

    private const int MostAttempts = 100;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly string _directory;
    private readonly bool _madePrivilegeSeparation;
    private Companion? _server;
    private Companion? _master;

    private Ssh(string directory)
    {
        _directory = directory;
        Directory.CreateDirectory(directory);
        if (Environment.IsPrivilegedProcess && !Directory.Exists(PrivilegeSeparation))
        {
            Directory.CreateDirectory(PrivilegeSeparation);
            _madePrivilegeSeparation = true;
        }
    }

    public static bool IsInstalled => File.Exists(ServerProgram) && File.Exists(ClientProgram);

    public static async Task<Ssh> StartAsync(Workbench bench, CancellationToken cancellationToken)
    {
        var ssh = new Ssh(bench.NewPath("ssh"));
        try
        {
            await ssh.OpenAsync(cancellationToken);
            return ssh;
        }
        catch
        {
            await ssh.DisposeAsync();
            throw;
        }
    }

    /// <summary>`ssh host COMMAND` over the open connection.</summary>
    public TimedCommand OverOpenConnection(params string[] command) =>
        new([ClientProgram, "-F", Path("client.conf"), Host, .. command]);

    /// <summary>`ssh host COMMAND` with a connection of its own.</summary>
    public TimedCommand Cold(params string[] command) =>
        new([ClientProgram, "-F", Path("client.conf"), "-S", "none", Host, .. command]);

    /// <summary>
    /// Fails when the connection is gone: ssh would have made one for each command, and said nothing.
    /// </summary>
    public async Task RequireOpenConnectionAsync(CancellationToken cancellationToken) =>
        await Companion.RunAsync([ClientProgram, "-F", Path("client.conf"), "-O", "check", Host], cancellationToken);

    public async ValueTask DisposeAsync()
    {
        foreach (var companion in (Companion?[])[_master, _server])
        {
            if (companion is not null)
            {
                await companion.DisposeAsync();
            }
        }

        Directory.Delete(_directory, recursive: true);
        if (_madePrivilegeSeparation)
        {
            Directory.Delete(PrivilegeSeparation);
        }
    }

    private async Task OpenAsync(CancellationToken cancellationToken)
    {
        var port = FreePort();
        await MakeKeyAsync("host-key", cancellationToken);
        await MakeKeyAsync("user-key", cancellationToken);
        await File.WriteAllLinesAsync(
            Path("known-hosts"),
            [$"[127.0.0.1]:{port} {await File.ReadAllTextAsync(Path("host-key.pub"), cancellationToken)}"],
            cancellationToken);
        await File.WriteAllLinesAsync(Path("server.conf"), ServerConfiguration(port), cancellationToken);
        await File.WriteAllLinesAsync(Path("client.conf"), ClientConfiguration(port), cancellationToken);

        _server = Companion.Start(ServerProgram, "-D", "-e", "-f", Path("server.conf"));
        await _server.ReadyAsync("Server listening on ", cancellationToken, passOn: false);
        _master = Companion.Start(ClientProgram, "-F", Path("client.conf"), "-M", "-N", Host);
        await UntilOpenAsync(cancellationToken);
    }

    // The client says nothing when it is connected, and -v would make it talk about each session.
    private async Task UntilOpenAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await RequireOpenConnectionAsync(cancellationToken);
                return;
            }
            catch (BrokenSideException) when (attempt < MostAttempts)
            {
                await Task.Delay(Pause, TimeProvider.System, cancellationToken);
            }
        }
    }

    private string[] ServerConfiguration(string port) =>
    [
        $"Port {port}",
        "ListenAddress 127.0.0.1",
        $"HostKey {Path("host-key")}",
        $"AuthorizedKeysFile {Path("user-key.pub")}",
        "PidFile none",
        "UsePAM no",
        "StrictModes no",
        "PermitRootLogin prohibit-password",
        "PasswordAuthentication no",
        "KbdInteractiveAuthentication no",
        "PrintMotd no",
        "PrintLastLog no",
        "LogLevel INFO",
        $"SetEnv HOME={_directory}", // where bash finds no start-up file
    ];

    private string[] ClientConfiguration(string port) =>
    [
        $"Host {Host}",
        "HostName 127.0.0.1",
        $"Port {port}",
        $"User {Environment.UserName}",
        $"IdentityFile {Path("user-key")}",
        "IdentitiesOnly yes",
        "BatchMode yes",
        "StrictHostKeyChecking yes",
        $"UserKnownHostsFile {Path("known-hosts")}",
        "GlobalKnownHostsFile /dev/null",
        $"ControlPath {Path("mux")}",
    ];

    private async Task MakeKeyAsync(string name, CancellationToken cancellationToken) => await Companion.RunAsync(
        ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", Path(name)], cancellationToken);

    // sshd tells nobody which port it was given, so it cannot be asked for any.
    private static string FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
    }

    private string Path(string name) => System.IO.Path.Combine(_directory, name);
}
