using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Levity.Architecture.Tests;

/// <summary>The files round the code.</summary>
public sealed partial class RepositoryFilesTests
{
    private const string Dependencies = "docs/dependencies.md";

    [Fact]
    public void Each_package_has_a_line_that_says_why_it_is_here()
    {
        var versions = XDocument.Load(Repository.PathOf("Directory.Packages.props"));
        var packages = ProjectFile.Includes(versions, "PackageVersion");
        var lines = File.ReadAllLines(Repository.PathOf(Dependencies));

        Rule.HasNoException(
            packages.Where(package => !lines.Any(line => Names(line, package))),
            $"Each package is a decision. Add a line to {Dependencies}: what it is for, what we would do without it:");
    }

    [Fact]
    public void Each_script_can_be_executed_and_stops_at_its_first_error()
    {
        var scripts = Directory.EnumerateFiles(Repository.PathOf("scripts")).Append(Repository.PathOf(".ci/run"));

        Rule.HasNoException(
            scripts.Where(path => !IsSoundScript(path)).Select(path => Path.GetRelativePath(Repository.Root, path)),
            "A script begins with #!/bin/bash, says `set -euo pipefail`, and is executable (chmod +x):");
    }

    [Fact]
    public void Each_test_that_a_document_names_is_there()
    {
        var tests = Repository.Sources("tests")
            .SelectMany(source => source.Types.SelectMany(type => TestMethod().Matches(source.Code)
                .Select(method => $"{type}.{method.Groups["name"].Value}")))
            .ToHashSet();
        var missing =
            from path in Directory.EnumerateFiles(Repository.PathOf("docs"), "*.md", SearchOption.AllDirectories)
            from Match name in NamedTest().Matches(File.ReadAllText(path))
            where !tests.Contains(name.Groups["test"].Value)
            select $"{Path.GetRelativePath(Repository.Root, path)}: {name.Groups["test"].Value}";

        Rule.HasNoException(missing, "What a document says is covered by a test has to be. Name the test that does it now:");
    }

    private static bool Names(string line, string package) =>
        Regex.IsMatch(line, $@"(?<![\w.]){Regex.Escape(package)}(?!\w|\.\w)");

    private static bool IsSoundScript(string path)
    {
        var lines = File.ReadAllLines(path);
        return lines[0] == "#!/bin/bash"
            && lines.Contains("set -euo pipefail")
            && File.GetUnixFileMode(path).HasFlag(UnixFileMode.UserExecute);
    }

    [GeneratedRegex("`(?<test>[A-Z]\\w*Tests\\.[A-Z]\\w*)`")]
    private static partial Regex NamedTest();

    [GeneratedRegex(@"\bpublic (?:async )?(?:Task|void) (?<name>[A-Z]\w*)\(")]
    private static partial Regex TestMethod();
}
