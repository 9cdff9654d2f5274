namespace Levity.Supervisor.Tests.Fixtures;

/// <summary>A directory that only we may enter, with a program in it that everybody could execute.</summary>
internal sealed class RootsDirectory : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("levity-");

    public RootsDirectory()
    {
        File.WriteAllBytes(Program, "#!/bin/sh\n"u8);
        File.SetUnixFileMode(Program, (UnixFileMode)0b111_101_101);
    }

    public string Path => _directory.FullName;

    public string Program => System.IO.Path.Combine(Path, "program");

    public string Missing => System.IO.Path.Combine(Path, "missing");

    public void Dispose() => _directory.Delete(recursive: true);
}
