using System.Diagnostics;
using System.Net.Sockets;
using System.Reflection;
using System.Text;
using Google.Protobuf;
using Levity.Logs;
using Levity.Protocol;
using Levity.Protocol.Supervisor;

namespace Levity.Supervisor.Tests.Fixtures;

/// <summary>The published levity-supervisor on a state directory of its own.</summary>
internal sealed class SupervisorUnderTest : IAsyncDisposable
{
    // Short, because a Unix socket's path may have 107 bytes only.
    private readonly string _directory = Directory.CreateTempSubdirectory("lv-").FullName;

    // Where limits are those of cgroup v2: a group with nobody else in it.
    private readonly OwnGroup? _group = OwnGroup.Make();

    public static string Program { get; } = ProgramPath();

    public string StateDirectory => _directory;

    public string LogOf(string taskId) => Path.Combine(_directory, "logs", taskId);

    public string Messages => File.ReadAllText(Path.Combine(_directory, "supervisor.log"));

    public static async Task<SupervisorUnderTest> StartAsync()
    {
        var supervisor = new SupervisorUnderTest();
        await supervisor.RestartAsync();
        return supervisor;
    }

    public async Task RestartAsync()
    {
        _group?.MakeRoom();
        var (exitCode, error) = await RunAsync("start");
        Assert.True(exitCode == 0, exitCode == 0 ? null : $"{error}{Messages}");
    }

    /// <summary>Runs a verb of the program to its end.</summary>
    public async Task<(int ExitCode, string Error)> RunAsync(string verb, params string[] more)
    {
        string[] command =
            [.. verb == "start" && _group is not null ? _group.Launcher : [], Program, verb, "--state-dir", _directory, .. more];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardError = true,
        };
#pragma warning disable RS0030 // The program under test, run as its users run it.
        using var process = Process.Start(start)!;
#pragma warning restore RS0030
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, error);
    }

    public async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(
            new UnixDomainSocketEndPoint(Path.Combine(_directory, ControlProtocol.SocketName)));
        return socket;
    }

    /// <summary>Connects as levityd does.</summary>
    public async Task<ControlClient> HelloAsync()
    {
        var client = new ControlClient(await ConnectAsync());
        client.Welcome = (await client.AskAsync(
            new Request
            {
                Hello = new Hello
                {
                    ProtocolVersion = ControlProtocol.Version,
                    OldestProtocolVersion = ControlProtocol.OldestVersion,
                },
            })).Welcome;
        return client;
    }

    /// <summary>What a task has written to a stream, as its log has it; fails where the log has a gap.</summary>
    public string ReadLog(TaskId task, Logs.LogStream stream)
    {
        var path = Path.Combine(_directory, ControlProtocol.LogsName, task.ToString());
        Assert.Equal(LogOpenOutcome.Opened, LogReader.Open(path, default, out var reader));
        using (reader)
        {
            using var bytes = new MemoryStream();
            LogReadOutcome outcome;
            while ((outcome = reader!.ReadNext(out var frame)) == LogReadOutcome.Frame)
            {
                if (frame.Stream == stream)
                {
                    bytes.Write(frame.Payload.Span);
                }
            }

            Assert.Equal(LogReadOutcome.Sealed, outcome);
            return Encoding.UTF8.GetString(bytes.ToArray());
        }
    }

    public async ValueTask DisposeAsync()
    {
        await RunAsync("stop");
        _group?.Remove();
        Directory.Delete(_directory, recursive: true);
    }

    public static StartChild Command(TaskId task, params string[] argv) => new()
    {
        TaskId = task.ToString(),
        Binary = Bytes(argv[0]),
        Argv = { argv.Select(Bytes) },
        Environment = { Bytes("PATH=/usr/bin:/bin"), Bytes($"LEVITY_TASK_ID={task}") },
        WorkingDir = Bytes("/"),
    };

    private static ByteString Bytes(string text) => ByteString.CopyFrom(text, Encoding.UTF8);

    private static string ProgramPath()
    {
        var root = typeof(SupervisorUnderTest).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(data => data.Key == "RepositoryRoot").Value!;
        var bin = Environment.GetEnvironmentVariable("LEVITY_BIN") ?? Path.Combine(root, "bin");
        var program = Path.Combine(bin, "levity-supervisor");
        Assert.True(File.Exists(program), $"'{program}' is missing: run make build first");
        return program;
    }
}
