namespace Levity.EndToEnd.Tests.Fixtures;

/// <summary>A file system in memory as a directory; skips the test where one may not be mounted.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private readonly string _path;

    private SmallDisk(string path) => _path = path;

    private string Filler => Path.Combine(_path, "filler");

    public static async Task<SmallDisk> MountAsync(string path, string options)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root can mount a file system");
        Directory.CreateDirectory(path);
        string[] mount = ["mount", "-t", "tmpfs", "-o", $"mode=700,{options}", "levity-test", path];
        var result = await RunningProgram.RunAsync(mount);
        Assert.SkipUnless(result.ExitCode == 0, $"a file system cannot be mounted here: {result.ErrorText}");
        return new SmallDisk(path);
    }

    /// <summary>Takes all room, until <see cref="Free"/>.</summary>
    public void Fill()
    {
        using var file = new FileStream(Filler, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        var block = new byte[4096];
        while (TryWrite(file, block))
        {
            // Until there is no room for another page.
        }
    }

    public void Free() => File.Delete(Filler);

    /// <summary>Takes all inodes, until <see cref="FreeInodes"/>.</summary>
    public void TakeInodes()
    {
        Directory.CreateDirectory(Path.Combine(_path, "inodes"));
        for (var i = 0; TryCreate(Path.Combine(_path, "inodes", $"{i}")); i++)
        {
            // Until there is none left.
        }
    }

    public void FreeInodes() => Directory.Delete(Path.Combine(_path, "inodes"), recursive: true);

    public async ValueTask DisposeAsync() =>
        (await RunningProgram.RunAsync(["umount", "--lazy", _path])).Successful();

    private static bool TryWrite(FileStream file, byte[] block)
    {
        try
        {
            file.Write(block);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static bool TryCreate(string path)
    {
        try
        {
            File.Create(path).Dispose();
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
