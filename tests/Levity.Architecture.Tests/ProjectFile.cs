using System.Xml.Linq;

namespace Levity.Architecture.Tests;

/// <summary>What a .csproj says it depends on.</summary>
internal sealed record ProjectFile(
    string Path, string Name, IReadOnlyList<string> ProjectReferences, IReadOnlyList<string> PackageReferences)
{
    public static ProjectFile Read(string path)
    {
        var project = XDocument.Load(Repository.PathOf(path));
        return new ProjectFile(
            path,
            System.IO.Path.GetFileNameWithoutExtension(path),
            [.. Includes(project, "ProjectReference").Select(System.IO.Path.GetFileNameWithoutExtension).Order()!],
            [.. Includes(project, "PackageReference").Order()]);
    }

    /// <summary>The Include of every item of a kind, whatever its condition.</summary>
    public static IEnumerable<string> Includes(XDocument project, string item) =>
        project.Descendants(item).Select(element => element.Attribute("Include")?.Value).OfType<string>();
}
