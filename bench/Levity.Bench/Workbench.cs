using System.Globalization;
using Levity.Bench.UnderTest;

namespace Levity.Bench;

/// <summary>
/// What all rows of a run share: the programs, the certificates, a directory, and how thorough to be.
/// </summary>
internal sealed class Workbench : IDisposable
{
    /// <summary>What state directories are called, with a number.</summary>
    public const string StateName = "state";

    private int _paths;

    private Workbench(Programs programs, string directory, bool smoke)
    {
        Programs = programs;
        Root = directory;
        IsSmoke = smoke;
        Certificates = Certificates.Create(Path.Combine(directory, "certificates"));
        Channels = new Channels(Certificates);
    }

    public Programs Programs { get; }

    /// <summary>On a disk, where the machine has one: /tmp may be memory, where a commit costs nothing.</summary>
    public string Root { get; }

    public bool IsSmoke { get; }

    public Certificates Certificates { get; }

    public Channels Channels { get; }

    public static Workbench Create(Programs programs, bool smoke)
    {
        var parent = Environment.GetEnvironmentVariable("TMPDIR") is { Length: > 0 } given ? given : "/var/tmp";
        return new Workbench(programs, MakeDirectory(parent), smoke);
    }

    /// <summary>The one for a real run, or the one for a smoke run, which is to be over in a minute.</summary>
    public T Pick<T>(T full, T smoke) => IsSmoke ? smoke : full;

    /// <summary>A path that nobody has yet.</summary>
    public string NewPath(string name) =>
        Path.Combine(Root, $"{name}-{(++_paths).ToString(CultureInfo.InvariantCulture)}");

    public LevityClient Connect(LevityServer server) => new(Channels.Open(server.Address));

    public void Dispose()
    {
        Channels.Dispose();
        if (Directory.EnumerateDirectories(Root, $"{StateName}-*").Any())
        {
            // Without it nobody could stop that supervisor any more.
            Console.Error.WriteLine($"bench: {Root} is left: what could not be stopped needs its state directory");
        }
        else
        {
            Directory.Delete(Root, recursive: true);
        }
    }

    // Short: a Unix socket's path has 108 bytes.
    private static string MakeDirectory(string parent)
    {
        var path = Path.Combine(parent, $"levity-bench-{Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}");
        Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }
}
