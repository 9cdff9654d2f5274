namespace Levity.Daemon.Tests;

/// <summary>A directory of mode 0700 that is gone after the test.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("levity-").FullName;

    public string this[string name] => System.IO.Path.Combine(Path, name);

    public string Write(string name, string text)
    {
        using var writer = new StreamWriter(this[name]);
        writer.Write(text);
        return this[name];
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
