using Microsoft.Extensions.Time.Testing;

namespace Levity.Cli.Tests.Commands.Ca;

/// <summary>A directory for a CA, and a clock that a test can put forward.</summary>
internal sealed class CaFixture : IDisposable
{
    private readonly TemporaryDirectory _files = new();

    public CaFixture() => Clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());

    public FakeTimeProvider Clock { get; }

    public string Directory => _files.PathOf("certs");

    public TemporaryDirectory Files => _files;

    public string PathOf(string name) => Path.Combine(Directory, name);

    public string Read(string name) => File.ReadAllText(PathOf(name));

    /// <summary>All files with what is in them, but for the lock.</summary>
    public IReadOnlyDictionary<string, string> Snapshot() => System.IO.Directory
        .EnumerateFileSystemEntries(Directory, "*", SearchOption.AllDirectories)
        .Where(path => Path.GetFileName(path) != "ca.lock")
        .ToDictionary(
            path => path,
            path => System.IO.Directory.Exists(path) ? "" : new FileInfo(path).LinkTarget ?? File.ReadAllText(path));

    public Task<CommandRun> TryAsync(params string[] args) =>
        CommandRun.ExecuteAsync(["ca", "--dir", Directory, .. args], time: Clock);

    /// <summary>Fails unless the command succeeds without a word on stderr; gives what it printed.</summary>
    public async Task<string> RunAsync(params string[] args)
    {
        var run = await TryAsync(args);
        Assert.Equal(("", 0), (run.Error, run.ExitCode));
        return run.Output;
    }

    /// <summary>Fails unless the command is refused with one line and changes nothing; gives the line.</summary>
    public async Task<string> RefusedAsync(params string[] args)
    {
        var before = Snapshot();
        var run = await TryAsync(args);
        Assert.Equal(("", 125), (run.Output, run.ExitCode));
        Assert.Matches(@"\Alevity: [^\n]+\n\z", run.Error);
        Assert.Equal(before, Snapshot());
        return run.Error;
    }

    public static async Task<CaFixture> WithCaAsync()
    {
        var ca = new CaFixture();
        await ca.RunAsync("init");
        return ca;
    }

    public void Dispose() => _files.Dispose();
}
