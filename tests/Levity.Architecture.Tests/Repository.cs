using System.Reflection;

namespace Levity.Architecture.Tests;

/// <summary>The repository that these tests were built from, as files.</summary>
internal static class Repository
{
    private static readonly string[] CodeFolders = ["src", "tests", "bench", "examples"];

    public static string Root { get; } = typeof(Repository).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(metadata => metadata.Key == "RepositoryRoot").Value!;

    public static string PathOf(string relative) => Path.Combine(Root, relative);

    /// <summary>All projects below a folder, or below all that hold code, in the order of their paths.</summary>
    public static IReadOnlyList<ProjectFile> Projects(string? folder = null) =>
        [.. Files(folder, "*.csproj").Select(ProjectFile.Read)];

    /// <summary>All C# files below a folder, or below all that hold code, in the order of their paths.</summary>
    public static IReadOnlyList<SourceFile> Sources(string? folder = null) =>
        [.. Files(folder, "*.cs").Select(SourceFile.Read)];

    private static IEnumerable<string> Files(string? folder, string pattern) =>
        (folder is null ? CodeFolders : [folder])
            .Select(PathOf)
            .Where(Directory.Exists)
            .SelectMany(path => Directory.EnumerateFiles(path, pattern, SearchOption.AllDirectories))
            .Select(path => Path.GetRelativePath(Root, path))
            .Where(path => !path.Split('/').Any(segment => segment is "obj" or "bin"))
            .Order(StringComparer.Ordinal);
}
