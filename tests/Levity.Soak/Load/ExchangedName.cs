using System.Runtime.InteropServices;

namespace Levity.Soak.Load;

/// <summary>
/// Puts a link in the place of a file or a directory and back again, so that the name always leads to one of the two:
/// renameat2(2).
/// </summary>
internal sealed partial class ExchangedName
{
    // linux/fs.h, fcntl.h
    private const uint RENAME_EXCHANGE = 2;
    private const int AT_FDCWD = -100;

    private readonly string _path;
    private readonly string _other;

    /// <param name="path">What is replaced.</param>
    /// <param name="target">Where the link leads to.</param>
    /// <param name="aside">A name on the same file system for what is not in the place now.</param>
    public ExchangedName(string path, string target, string aside)
    {
        (_path, _other) = (path, aside);
        File.CreateSymbolicLink(aside, target);
    }

    /// <summary>Why it cannot be done in this directory; null when it can.</summary>
    public static string? ObstacleIn(string directory)
    {
        var path = Path.Combine(directory, "exchanged");
        File.WriteAllBytes(path, []);
        try
        {
            new ExchangedName(path, directory, path + "-link").Exchange();
            return null;
        }
        catch (IOException e)
        {
            return $"its file system cannot exchange two names: {e.Message}";
        }
        finally
        {
            File.Delete(path);
            File.Delete(path + "-link");
        }
    }

    public void Exchange()
    {
        if (renameat2(AT_FDCWD, _path, AT_FDCWD, _other, RENAME_EXCHANGE) == -1)
        {
            throw new IOException($"renameat2 {_path}: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    /// <summary>Removes the link, which must not be in the place.</summary>
    public void Remove() => File.Delete(_other);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int renameat2(int oldDirectory, string oldPath, int newDirectory, string newPath, uint flags);
}
