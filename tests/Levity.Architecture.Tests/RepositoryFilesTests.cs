using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Levity.Architecture.Tests;

/// <summary>The files round the code.</summary>
public sealed class RepositoryFilesTests
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

    private static bool Names(string line, string package) =>
        Regex.IsMatch(line, $@"(?<![\w.]){Regex.Escape(package)}(?!\w|\.\w)");

    private static bool IsSoundScript(string path)
    {
        var lines = File.ReadAllLines(path);
        return lines[0] == "#!/bin/bash"
            && lines.Contains("set -euo pipefail")
            && File.GetUnixFileMode(path).HasFlag(UnixFileMode.UserExecute);
    }
}
