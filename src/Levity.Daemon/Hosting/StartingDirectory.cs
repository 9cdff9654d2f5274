namespace Levity.Daemon.Hosting;

/// <summary>The directory that levityd was started in, where relative paths begin.</summary>
internal static class StartingDirectory
{
    private static bool IsGone
    {
        get
        {
            try
            {
                _ = Directory.GetCurrentDirectory();
                return false;
            }
            catch (FileNotFoundException)
            {
                // getcwd(2), "ENOENT The current working directory has been unlinked". Of a file that was asked for .NET
                // says the same, "Unable to find the specified file", and not which.
                return true;
            }
        }
    }

    /// <summary>Throws <see cref="StartupException"/> when one of the paths leads nowhere, because it has been deleted.</summary>
    public static void RequireFor(params IEnumerable<string?> paths)
    {
        if (paths.FirstOrDefault(path => path is { Length: > 0 } && !Path.IsPathRooted(path)) is { } relative && IsGone)
        {
            throw new StartupException(
                $"'{relative}' is to be found from the directory that levityd was started in, and that has been deleted: start "
                + "levityd in another one (cd /), or give paths that begin with /");
        }
    }
}
