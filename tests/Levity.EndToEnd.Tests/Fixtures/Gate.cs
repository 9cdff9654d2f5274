namespace Levity.EndToEnd.Tests.Fixtures;

/// <summary>A file that a task waits for: so a test decides what happens before what.</summary>
internal sealed class Gate(LevityServer server)
{
    /// <summary>For a task's script, which is given the file as its $1: waits until the gate is open.</summary>
    public const string Wait = "while [ ! -e \"$1\" ]; do sleep 0.02; done";

    public string FilePath { get; } = Path.Combine(server.Scratch, $"gate-{Guid.NewGuid()}");

    public void Open() => File.WriteAllBytes(FilePath, []);
}
