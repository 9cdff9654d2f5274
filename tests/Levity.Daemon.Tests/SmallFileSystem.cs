using System.Diagnostics;

namespace Levity.Daemon.Tests;

/// <summary>A file system of a few megabytes that a test can fill: for root, and where mounting is allowed.</summary>
internal sealed class SmallFileSystem : IDisposable
{
    private readonly TemporaryDirectory _mountPoint;

    public SmallFileSystem(int megabytes)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root can mount a file system");
        _mountPoint = new TemporaryDirectory();
        if (!Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m,mode=700", "levity-test", _mountPoint.Path))
        {
            _mountPoint.Dispose();
            Assert.Skip("mounting a tmpfs is not allowed here");
        }
    }

    public string this[string name] => _mountPoint[name];

    /// <summary>Leaves no byte free. Give the file back with <see cref="File.Delete"/>.</summary>
    public string Fill()
    {
        var file = _mountPoint["filler"];
        using var filler = new FileStream(file, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        var block = new byte[4096];
        try
        {
            while (true)
            {
                filler.Write(block);
            }
        }
        catch (IOException)
        {
            return file;
        }
    }

    public void Dispose()
    {
        Assert.True(Run("umount", _mountPoint.Path));
        _mountPoint.Dispose();
    }

    private static bool Run(string program, params string[] arguments)
    {
#pragma warning disable RS0030 // Not a task: it makes the place for the test.
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
#pragma warning restore RS0030
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
