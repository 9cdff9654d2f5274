using Levity.Protocol;

namespace Levity.Client.Connection;

/// <summary>Reads the files that a connection is made from.</summary>
internal static class PemFile
{
    /// <exception cref="LevityException">The file cannot be read; says which, why and what names it.</exception>
    public static string Read(string what, Setting file)
    {
        try
        {
            return File.ReadAllText(file.Value);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new LevityException(
                LevityErrorKind.Configuration, $"cannot read the {what} file {file}: {FileFailure.Of(e, file.Value)}", e);
        }
    }
}
