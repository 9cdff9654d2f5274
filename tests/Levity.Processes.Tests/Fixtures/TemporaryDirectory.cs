namespace Levity.Processes.Tests.Fixtures;

/// <summary>A directory that goes when the test does.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("levity-processes-");

    public string Path => _directory.FullName;

    public string PathOf(string name) => System.IO.Path.Combine(Path, name);

    /// <returns>The directory's path.</returns>
    public string AddDirectory(string name) => Directory.CreateDirectory(PathOf(name)).FullName;

    /// <returns>The file's path.</returns>
    public string AddFile(string name, string content, UnixFileMode mode)
    {
        using (var file = new StreamWriter(PathOf(name)))
        {
            file.Write(content);
        }

        File.SetUnixFileMode(PathOf(name), mode);
        return PathOf(name);
    }

    /// <summary>A command that prints a word.</summary>
    public string AddScript(string name, string word) => AddFile(name, $"#!/bin/sh\necho {word}\n", Modes.Executable);

    public void Dispose() => _directory.Delete(recursive: true);
}
