using System.Globalization;
using System.Text.RegularExpressions;

namespace Levity.EndToEnd.Tests.Fixtures;

/// <summary>
/// A levityd of a test's own, with its state directory and its certificates, in a session of its own. It can be
/// stopped, killed and started again; when it is disposed of, nothing of it may be left.
/// </summary>
internal sealed partial class LevityServer : IAsyncDisposable
{
    private ServerSettings _settings;

    // A short name: the path of the socket in it has 107 bytes at most.
    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("lv-");
    private readonly List<TestClient> _clients = [];
    private readonly List<string> _messages = [];
    private readonly Identity _identity;
    private RunningProgram? _levityd;
    private string? _address;
    private SmallDisk? _disk;

    private LevityServer(ServerSettings settings)
    {
        _settings = settings;
        Scratch = _home.CreateSubdirectory("scratch").FullName;
        Certificates = new TestCertificates(_home.CreateSubdirectory("certs").FullName);
        _identity = settings.CertificateHost is { } host
            ? Certificates.Servers.IssueServer("elsewhere", host)
            : Certificates.Server;
    }

    public TestCertificates Certificates { get; }

    /// <summary>HOST:PORT; the same one after a restart.</summary>
    public string Address => _address ?? throw new InvalidOperationException("levityd has not listened yet");

    /// <summary>The state directory's own, when there was a wish for one.</summary>
    public SmallDisk Disk => _disk ?? throw new InvalidOperationException("the state directory is an ordinary one");

    public int Pid => _levityd!.Pid;

    public bool IsRunning => _levityd is { HasExited: false };

    public string StateDirectory => Path.Combine(_home.FullName, "state");

    /// <summary>Where the supervisor's own messages are.</summary>
    public string SupervisorMessages => Path.Combine(StateDirectory, "supervisor.log");

    /// <summary>A directory for files by which a test and its tasks signal to each other.</summary>
    public string Scratch { get; }

    /// <summary>What levityd has said, all of them.</summary>
    public string Messages => string.Concat([.. _messages, _levityd?.Error.Text]);

    /// <summary>What the last of them has said.</summary>
    public string LastMessages => _levityd?.Error.Text ?? _messages.LastOrDefault() ?? "";

    /// <summary>Waits until the levityd that runs now has said this.</summary>
    public Task SaysAsync(string text) => _levityd!.Error.ContainsAsync(text);

    /// <summary>The ids of the tasks that have a log.</summary>
    public IReadOnlyList<string> LogIds => Directory.Exists(LogDirectory)
        ? [.. Directory.EnumerateDirectories(LogDirectory).Select(path => Path.GetFileName(path))]
        : [];

    /// <summary>How many readers levityd has: each holds one file of a log.</summary>
    public int LogsBeingRead => ProcessTable.OpenFiles(Pid).Count(
        path => path.StartsWith(LogDirectory, StringComparison.Ordinal));

    private string LogDirectory => Path.Combine(StateDirectory, "logs");

    public static async Task<LevityServer> StartAsync(ServerSettings? settings = null)
    {
        var server = new LevityServer(settings ?? new ServerSettings());
        try
        {
            if (server._settings.StateFileSystem is { } options)
            {
                server._disk = await SmallDisk.MountAsync(server.StateDirectory, options);
            }

            await server.HandOverAsync();
            await server.LaunchAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs bin/levity as this user.</summary>
    public LevityCommand Cli(Identity user) => new(this, user);

    public LevityCommand Cli() => Cli(Certificates.Alice);

    /// <summary>Calls with this certificate; without one when it is null.</summary>
    public TestClient Client(Identity? user)
    {
        var client = new TestClient(Address, Certificates.ServerCa, user);
        _clients.Add(client);
        return client;
    }

    public TestClient Client() => Client(Certificates.Alice);

    /// <summary>Asks levityd to stop, and waits until it has.</summary>
    public async Task SigtermAsync()
    {
        await Signals.SendAsync("TERM", Pid);
        Assert.Equal(0, await _levityd!.ExitAsync());
        await ForgetAsync();
    }

    /// <summary>
    /// Kills levityd, its process group and all else in its session. It may be just ending by itself, as at a failpoint.
    /// </summary>
    public async Task Kill9Async()
    {
        await Signals.TrySendAsync("KILL", -Pid);
        await _levityd!.ExitAsync();
        foreach (var process in ProcessTable.All().Where(process => process.Session == Pid && process.State != 'Z'))
        {
            await Signals.TrySendAsync("KILL", process.Pid);
        }

        await ForgetAsync();
    }

    /// <summary>Waits for the end of a levityd that ends without us: its exit code.</summary>
    public async Task<int> DiedAsync()
    {
        var exitCode = await _levityd!.ExitAsync();
        await ForgetAsync();
        return exitCode;
    }

    /// <summary>Starts levityd again, on the same address and the same state directory.</summary>
    public Task RestartAsync() => LaunchAsync();

    /// <summary>Starts levityd again, with other settings.</summary>
    public Task RestartAsync(ServerSettings settings)
    {
        _settings = settings;
        return LaunchAsync();
    }

    /// <summary>
    /// For a moment there can be two, when a levityd was killed while it started one: the later finds the lock taken,
    /// and ends.
    /// </summary>
    public IReadOnlyList<int> Supervisors => [.. ProcessTable.WithArgument(StateDirectory)
        .Where(pid => ProcessTable.ReadText($"/proc/{pid}/cmdline")?.Split('\0') is [_, "serve", ..])
        .Order()];

    /// <summary>The process id of the supervisor; null when there is none.</summary>
    public int? FindSupervisor() => Supervisors.Cast<int?>().FirstOrDefault();

    public int SupervisorPid => FindSupervisor() ?? throw new InvalidOperationException("there is no supervisor");

    /// <summary>Stops the tasks and their supervisor.</summary>
    public async Task StopSupervisorAsync() => (await TryStopSupervisorAsync()).Successful();

    /// <summary>Runs levity-supervisor upgrade, as an operator does.</summary>
    public Task<ProgramResult> UpgradeAsync(params IEnumerable<string> more) => RunningProgram.RunAsync(
        [PublishedPrograms.Supervisor, "upgrade", "--state-dir", StateDirectory, .. more]);

    public async ValueTask DisposeAsync()
    {
        TestContext.Current.TestOutputHelper?.WriteLine(Messages);
        foreach (var client in _clients)
        {
            client.Dispose();
        }

        Certificates.Dispose();
        var leftOvers = new LeftOvers(this);
        if (_levityd is { HasExited: false })
        {
            // With a launcher that stays, such as nsenter, levityd is another process of its session.
            foreach (var process in ProcessTable.All().Where(process => process.Session == Pid))
            {
                await Signals.TrySendAsync("TERM", process.Pid);
            }

            await _levityd.ExitAsync();
        }

        if (_levityd is not null)
        {
            await _levityd.DisposeAsync();
        }

        // One that levityd had just started may not listen yet, and is asked again.
        await Eventually.GetAsync(
            async () => FindSupervisor() is null || await TryStopSupervisorAsync() is { ExitCode: 0 } ? Messages : null,
            () => $"the end of supervisor {FindSupervisor()}");

        await leftOvers.AssertNoneAsync();
        if (_disk is not null)
        {
            await _disk.DisposeAsync();
        }

        _home.Delete(recursive: true);
    }

    private Task<ProgramResult> TryStopSupervisorAsync() =>
        RunningProgram.RunAsync([PublishedPrograms.Supervisor, "stop", "--state-dir", StateDirectory]);

    private async Task LaunchAsync()
    {
        string[] grace = _settings.Grace is { } duration ? ["--grace", duration] : [];
        string[] reader = _settings.ReaderTimeout is { } patience ? ["--reader-timeout", patience] : [];
        string[] quota = _settings.LogQuota is { } size ? ["--log-quota", size] : [];
        string[] inactivity = _settings.InactivityTimeout is { } timeout ? ["--inactivity-timeout", timeout] : [];
        string[] crl = _settings.Crl is { } list ? ["--crl", list(Certificates)] : [];
        string[] config = _settings.Configuration is { } text ? ["--config", WriteConfiguration(text)] : [];
        string[] user = _settings.UserId is { } id ? Unprivileged.Launcher(id) : [];

        // In a session of its own, so that it can be killed with all of that, and without us.
        _levityd = RunningProgram.Start(
            [
                "setsid", .. user, .. _settings.Launcher(Scratch), PublishedPrograms.Levityd, _address ?? "127.0.0.1:0",
                "-c", _identity.CertificateFile, "-k", _identity.KeyFile, "--client-ca", Certificates.ClientCa,
                "--state-dir", StateDirectory, .. grace, .. reader, .. quota, .. inactivity, .. crl, .. config,
            ],
            _settings.Environment);
        var listening = await Eventually.CompletesAsync(
            _levityd.Error.WhenAsync(
                said => Listening().Match(said) is { Success: true } match ? match.Groups[1].Value : null),
            () => $"'Listening on HOST:PORT' from levityd; it said: {Messages}");
        _address = listening
            ?? throw new InvalidOperationException($"levityd has ended instead of listening; it said: {Messages}");
    }

    private string WriteConfiguration(string text)
    {
        var file = Path.Combine(_home.FullName, "levityd.toml");
        using var stream = new FileStream(file, new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode =
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead,
        });
        using var writer = new StreamWriter(stream);
        writer.Write(text);
        return file;
    }

    // Nobody else has a levityd's stderr: with the process, that is at its end.
    private async Task ForgetAsync()
    {
        await Eventually.CompletesAsync(_levityd!.Error.Ended, "the end of what levityd writes");
        _messages.Add(_levityd.Error.Text);
        await _levityd.DisposeAsync();
        _levityd = null;
        foreach (var client in _clients)
        {
            client.Dispose();
        }

        _clients.Clear();
    }

    private async Task HandOverAsync()
    {
        if (_settings.UserId is { } user)
        {
            var owner = user.ToString(CultureInfo.InvariantCulture);
            (await RunningProgram.RunAsync(["chown", "--recursive", owner, _home.FullName])).Successful();
        }
    }

    [GeneratedRegex(@"Listening on (\S+)\n")]
    private static partial Regex Listening();
}
