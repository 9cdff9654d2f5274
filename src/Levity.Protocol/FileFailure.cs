namespace Levity.Protocol;

/// <summary>Why a file could not be used, to be put after its name: the platform's own words repeat that.</summary>
public static class FileFailure
{
    public static string Of(Exception e, string path) => e switch
    {
        FileNotFoundException or DirectoryNotFoundException => "there is no such file",
        UnauthorizedAccessException when Directory.Exists(path) => "it is a directory",
        UnauthorizedAccessException => "permission denied",
        _ => WithoutPath(e.Message),
    };

    /// <summary>The same of a directory, or of what is to be written into it.</summary>
    public static string OfDirectory(Exception e) => e switch
    {
        DirectoryNotFoundException => "there is no such directory",
        UnauthorizedAccessException => "permission denied",
        _ => WithoutPath(e.Message),
    };

    // "No space left on device : '/srv/x'"
    private static string WithoutPath(string message) => message.Split(" : '")[0];
}
