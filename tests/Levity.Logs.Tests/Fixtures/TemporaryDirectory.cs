namespace Levity.Logs.Tests.Fixtures;

/// <summary>A directory that is gone after the test.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("levity-logs-").FullName;

    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <summary>Descriptors of this process that lead into this directory.</summary>
    public int OpenDescriptors() => Directory.EnumerateFileSystemEntries("/proc/self/fd").Count(LeadsHere);

    public void Dispose() => Directory.Delete(Path, recursive: true);

    private bool LeadsHere(string descriptor)
    {
        try
        {
            return File.ResolveLinkTarget(descriptor, returnFinalTarget: false) is { } target
                && target.FullName.StartsWith(Path, StringComparison.Ordinal);
        }
        catch (IOException)
        {
            // Another test's, closed meanwhile.
            return false;
        }
    }
}
