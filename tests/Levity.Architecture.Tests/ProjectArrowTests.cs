using System.Xml.Linq;

namespace Levity.Architecture.Tests;

/// <summary>Which project may know which: the arrows of docs/architecture.md.</summary>
public sealed class ProjectArrowTests
{
    private static readonly Dictionary<string, string[]> Arrows = new()
    {
        ["Levity.Cli"] = ["Levity.Client", "Levity.Configuration", "Levity.Linux"],
        ["Levity.Client"] = ["Levity.Protocol"],
        ["Levity.Daemon"] = ["Levity.Configuration", "Levity.Logs", "Levity.Protocol"],
        ["Levity.Supervisor"] = ["Levity.Logs", "Levity.Processes", "Levity.Protocol"],
        ["Levity.Manual"] = ["Levity.Cli", "Levity.Daemon"],
        ["Levity.Logs"] = ["Levity.Linux"],
        ["Levity.Processes"] = ["Levity.Linux"],
        ["Levity.Configuration"] = ["Levity.Protocol"],
        ["Levity.Protocol"] = [],
        ["Levity.Linux"] = [],
    };

    private static readonly string[] WithoutPackages = ["Levity.Linux", "Levity.Logs", "Levity.Processes"];

    [Fact]
    public void Each_project_references_exactly_what_its_arrows_say()
    {
        var violations =
            from project in Repository.Projects("src")
            let allowed = Arrows.GetValueOrDefault(project.Name)
            where allowed is null || !project.ProjectReferences.SequenceEqual(allowed)
            select $"{project.Path} references [{string.Join(", ", project.ProjectReferences)}], and its arrows are "
                + (allowed is null ? "not drawn" : $"[{string.Join(", ", allowed)}]");

        Rule.HasNoException(violations, """
            A project references what it may not know, or no longer what it was made for. Move the code to the project
            that owns its subject. An arrow is a decision: only with a new one (docs/decisions) change the table in
            ProjectArrowTests and the picture in docs/architecture.md.
            """);
    }

    [Fact]
    public void Each_arrow_belongs_to_a_project()
    {
        var projects = Repository.Projects("src").Select(project => project.Name).ToHashSet();

        Rule.HasNoException(
            Arrows.Keys.Where(name => !projects.Contains(name)),
            "The table in ProjectArrowTests has a project that is not in src/. Take its line out:");
    }

    [Fact]
    public void Linux_Logs_and_Processes_use_no_package()
    {
        var violations =
            from project in Repository.Projects("src")
            where WithoutPackages.Contains(project.Name) && project.PackageReferences.Count > 0
            select $"{project.Path}: {string.Join(", ", project.PackageReferences)}";

        Rule.HasNoException(violations, """
            These projects hold what must outlive everything else, and so they use the platform only. They return
            outcomes, and their callers log. Take the PackageReference out, or move the code that needs it to a caller.
            """);
    }

    [Fact]
    public void Each_project_is_in_the_solution()
    {
        var solution = ProjectPaths("Levity.slnx").ToHashSet();
        var projects = Repository.Projects().Select(project => project.Path).ToHashSet();

        Rule.HasNoException(
            projects.Where(path => !solution.Contains(path)),
            "A project that is not in Levity.slnx is neither built nor tested. Add it there:");
        Rule.HasNoException(
            solution.Where(path => !projects.Contains(path)),
            "Levity.slnx has a project that does not exist. Take its line out:");
    }

    private static IEnumerable<string> ProjectPaths(string solution) =>
        XDocument.Load(Repository.PathOf(solution)).Descendants("Project")
            .Select(project => project.Attribute("Path")!.Value);
}
