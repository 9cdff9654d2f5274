using System.Text.RegularExpressions;

namespace Levity.Architecture.Tests;

/// <summary>What a file may look like, and where the system is called.</summary>
public sealed partial class SourceShapeTests
{
    private const int LongestFile = 500;

    // setenv(3), before OpenSSL wakes up. The command line depends on Levity.Client only, and one call that takes two
    // strings is no reason to change that.
    private const string OneCallOfTheCommandLine = "src/Levity.Cli/SystemTrust.cs";

    // sqlite3_system_errno: not the C library's, but SQLite's, which is levityd's alone.
    private const string OneCallOfSqlite = "src/Levity.Daemon/Registry/Sqlite/LackOfRoom.cs";

    [Fact]
    public void Only_Levity_Linux_calls_the_C_library()
    {
        var violations =
            from source in Repository.Sources("src")
            where !source.Path.StartsWith("src/Levity.Linux/", StringComparison.Ordinal)
                && source.Path is not (OneCallOfTheCommandLine or OneCallOfSqlite)
                && NativeImport().IsMatch(source.Code)
            select source.Path;

        Rule.HasNoException(
            violations,
            "Add the call to Levity.Linux, with its SafeHandle and its LinuxException, and use it from here:");
    }

    [Fact]
    public void No_file_is_longer_than_500_lines()
    {
        var violations =
            from source in Repository.Sources()
            where source.Lines > LongestFile
            select $"{source.Path}: {source.Lines} lines";

        Rule.HasNoException(violations, "A file has one subject and 60 to 100 lines. Split it by what it is about:");
    }

    [Fact]
    public void No_file_has_regions()
    {
        var violations =
            from source in Repository.Sources()
            where Region().IsMatch(source.Code)
            select source.Path;

        Rule.HasNoException(violations, "What needs a #region needs a type of its own:");
    }

    [GeneratedRegex(@"\b(?:LibraryImport|DllImport)(?:Attribute)?\s*\(|\bNativeLibrary\.")]
    private static partial Regex NativeImport();

    [GeneratedRegex(@"^\s*#\s*region\b", RegexOptions.Multiline)]
    private static partial Regex Region();
}
