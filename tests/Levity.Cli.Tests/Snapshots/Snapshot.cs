using System.Reflection;

namespace Levity.Cli.Tests.Snapshots;

/// <summary>
/// A text of levity as it was written down, in a file that a person has looked at. <c>make docs</c> writes all of them
/// again; then look at the difference.
/// </summary>
internal static class Snapshot
{
    private static readonly string Folder = Path.Combine(
        typeof(Snapshot).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(attribute => attribute.Key == "RepositoryRoot").Value!,
        "tests",
        "Levity.Cli.Tests",
        "Snapshots");

    private static bool IsRewriting => Environment.GetEnvironmentVariable("LEVITY_UPDATE_SNAPSHOTS") == "1";

    /// <returns>The names of those in a folder, without the extension.</returns>
    public static IEnumerable<string> NamesIn(string folder) =>
        Directory.EnumerateFiles(Path.Combine(Folder, folder), "*.txt").Select(Path.GetFileNameWithoutExtension)!;

    public static string Read(string folder, string name) => File.ReadAllText(PathOf(folder, name));

    /// <summary>Fails unless this is what was written down.</summary>
    public static void Check(string folder, string name, string actual)
    {
        var path = PathOf(folder, name);
        if (IsRewriting)
        {
            using var file = new StreamWriter(path);
            file.Write(actual);
            return;
        }

        var expected = File.Exists(path) ? File.ReadAllText(path) : "";
        if (expected != actual)
        {
            Assert.Fail($"{FirstDifference(expected, actual)}\nIf that is meant: `make docs` writes {folder}/{name}.txt again.");
        }
    }

    private static string PathOf(string folder, string name) => Path.Combine(Folder, folder, $"{name}.txt");

    private static string FirstDifference(string expected, string actual)
    {
        var (before, now) = (expected.Split('\n'), actual.Split('\n'));
        var line = before.Zip(now).TakeWhile(pair => pair.First == pair.Second).Count();
        return $"line {line + 1} was   : {before.ElementAtOrDefault(line)}\nline {line + 1} is now: {now.ElementAtOrDefault(line)}";
    }
}
