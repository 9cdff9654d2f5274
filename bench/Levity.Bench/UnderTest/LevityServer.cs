using Levity.Bench.Measuring;
using Levity.Bench.Processes;

namespace Levity.Bench.UnderTest;

/// <summary>
/// A levityd of one row's own, with its supervisor, on a free port of loopback and a fresh state directory.
/// </summary>
internal sealed class LevityServer : IAsyncDisposable
{
    // More than any row writes: the rows that capture want to find all of it.
    private const string LogQuota = "8G";

    // Callers and followers are one user on one address, with a connection each, more than it is lent in the world.
    private const string Limits =
        """
        connections-per-address = "off"
        handshakes-per-address = "off"

        [limits]
        connections = "off"

        """;

    private readonly Workbench _bench;
    private Companion _levityd;

    private LevityServer(Workbench bench, string stateDirectory, Companion levityd, string address, TimeSpan readyAfter)
    {
        _bench = bench;
        _levityd = levityd;
        StateDirectory = stateDirectory;
        Address = address;
        ReadyAfter = readyAfter;
    }

    public string Address { get; private set; }

    public string StateDirectory { get; }

    /// <summary>From its spawn until it said that it listens.</summary>
    public TimeSpan ReadyAfter { get; private set; }

    /// <exception cref="BrokenSideException">It does not come up.</exception>
    public static async Task<LevityServer> StartAsync(Workbench bench, CancellationToken cancellationToken)
    {
        var state = bench.NewPath(Workbench.StateName);
        await File.WriteAllTextAsync(Configuration(state), Limits, cancellationToken);
        var began = TimeProvider.System.GetTimestamp();
        var levityd = Spawn(bench, state);
        try
        {
            var address = await levityd.ReadyAsync("Listening on ", cancellationToken);
            var readyAfter = TimeProvider.System.GetElapsedTime(began);
            return new LevityServer(bench, state, levityd, address, readyAfter);
        }
        catch
        {
            await CleanUpAsync(bench, levityd, state);
            throw;
        }
    }

    /// <summary>Ends levityd and starts it again: at another address, with the supervisor and the tasks it had.</summary>
    /// <exception cref="BrokenSideException">It does not come up again.</exception>
    public async Task RestartAsync(CancellationToken cancellationToken)
    {
        await _levityd.DisposeAsync();
        var began = TimeProvider.System.GetTimestamp();
        _levityd = Spawn(_bench, StateDirectory);
        Address = await _levityd.ReadyAsync("Listening on ", cancellationToken);
        ReadyAfter = TimeProvider.System.GetElapsedTime(began);
    }

    /// <summary>The command line that reaches this server, without its verb.</summary>
    public IReadOnlyList<string> CommandLine(params IEnumerable<string> verb) =>
    [
        _bench.Programs.Levity, "-a", Address, "-c", _bench.Certificates.UserCertificate,
        "-k", _bench.Certificates.UserKey, "--ca", _bench.Certificates.ServerCa, .. verb,
    ];

    /// <summary>How long the files of a task's log are, all together.</summary>
    public long LogBytes(string taskId) => new DirectoryInfo(LogOf(taskId)).EnumerateFiles().Sum(file => file.Length);

    /// <summary>
    /// Throws the log of a task away: what lies there would be written to the disk while others are measured.
    /// </summary>
    public void DiscardLog(string taskId) => Directory.Delete(LogOf(taskId), recursive: true);

    /// <summary>The ids of its processes; tasks are not among them.</summary>
    public IReadOnlyList<int> Processes() => ProcessTable.WithArgument(StateDirectory);

    public async ValueTask DisposeAsync() => await CleanUpAsync(_bench, _levityd, StateDirectory);

    private static Companion Spawn(Workbench bench, string state) => Companion.Start(
        bench.Programs.Levityd, "127.0.0.1:0", "-c", bench.Certificates.ServerCertificate,
        "-k", bench.Certificates.ServerKey, "--client-ca", bench.Certificates.ClientCa, "--state-dir", state,
        "--log-quota", LogQuota, "--config", Configuration(state));

    private static string Configuration(string state) => state + ".toml";

    private string LogOf(string taskId) => Path.Combine(StateDirectory, "logs", taskId);

    // levityd first, since it would start another supervisor; the supervisor then ends all tasks and its cgroups.
    private static async Task CleanUpAsync(Workbench bench, Companion levityd, string state)
    {
        try
        {
            await levityd.DisposeAsync();
        }
        finally
        {
            if (ProcessTable.WithArgument(state).Count > 0)
            {
                await Companion.RunAsync(
                    [bench.Programs.Supervisor, "stop", "--state-dir", state], CancellationToken.None);
            }
        }

        if (ProcessTable.WithArgument(state) is { Count: > 0 } left)
        {
            throw new BrokenSideException($"still there after the stop: {string.Join(", ", left)}");
        }

        Directory.Delete(state, recursive: true);
        File.Delete(Configuration(state));
    }
}
