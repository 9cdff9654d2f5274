namespace Levity.Cli.Tests;

/// <summary>A directory that goes when the test does.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("levity-cli-");

    public string PathOf(string name) => Path.Combine(_directory.FullName, name);

    /// <returns>The file's path.</returns>
    public string Write(string name, string text)
    {
        using var file = new StreamWriter(PathOf(name));
        file.Write(text);
        return PathOf(name);
    }

    public void Dispose() => _directory.Delete(recursive: true);
}
