namespace Levity.Architecture.Tests;

/// <summary>Names that say nothing, and names that collide.</summary>
public sealed class NamingTests
{
    private static readonly string[] Meaningless =
        ["Util", "Utils", "Utilities", "Helper", "Helpers", "Common", "Core", "Shared", "Misc"];

    // A namespace segment of this name hides the type or namespace of the platform from everything beside it.
    private static readonly string[] Hiding = ["Console", "System", "Task", "Process"];

    // System.Threading.Tasks is imported everywhere.
    private static readonly string[] Colliding =
        ["Task", "TaskStatus", "TaskScheduler", "TaskFactory", "TaskExtensions"];

    [Fact]
    public void Folders_say_what_is_in_them()
    {
        var violations =
            from path in Paths()
            from folder in path.Split('/')[..^1].SelectMany(segment => segment.Split('.'))
            where Meaningless.Contains(folder) || Hiding.Contains(folder)
            select path;

        Rule.HasNoException(violations.Distinct(), """
            A folder says what its code is about, and none is a drawer for the rest. Code lives beside its use: with one
            user, in the user's folder; with two, in a folder named after the thing itself. And no folder is named like
            a type of the platform.
            """);
    }

    [Fact]
    public void Types_say_what_they_are()
    {
        var violations =
            from source in Repository.Sources()
            from type in source.Types
            where Meaningless.Any(word => type.EndsWith(word, StringComparison.Ordinal))
            select $"{source.Path}: {type}";

        Rule.HasNoException(violations, "Name the type after the one thing that it is or does:");
    }

    [Fact]
    public void Types_do_not_collide_with_those_of_the_platform()
    {
        var violations =
            from source in Repository.Sources()
            from type in source.Types
            where Colliding.Contains(type)
            select $"{source.Path}: {type}";

        Rule.HasNoException(
            violations,
            "System.Threading.Tasks has this name and is imported everywhere. Say TaskRecord, ManagedTask …:");
    }

    private static IEnumerable<string> Paths() =>
        Repository.Sources().Select(source => source.Path)
            .Concat(Repository.Projects().Select(project => project.Path));
}
