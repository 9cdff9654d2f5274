namespace Levity.Fuzz;

/// <summary>Where a target puts the files that are read; gone with it.</summary>
internal sealed class WorkDirectory : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("levity-fuzz-").FullName;

    public string this[string name] => Path.Combine(_path, name);

    /// <summary>Writes a file anew that nobody else may read or write.</summary>
    public string Write(string name, byte[] content)
    {
        File.WriteAllBytes(this[name], content);
        File.SetUnixFileMode(this[name], UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return this[name];
    }

    public void Dispose() => Directory.Delete(_path, recursive: true);
}
