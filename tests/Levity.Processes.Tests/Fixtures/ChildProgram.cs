namespace Levity.Processes.Tests.Fixtures;

/// <summary>tests/Children: a verb for each behaviour. It is built beside the tests.</summary>
internal static class ChildProgram
{
    private static readonly string FilePath = Find();

    public static ProcessSpec Spec(params string[] arguments) =>
        // Its runtime is where ours is.
        Specs.Of(FilePath, arguments)
            .With($"DOTNET_ROOT={Path.GetFullPath(Path.Combine(RuntimeDirectory, "../../.."))}");

    private static string RuntimeDirectory => Path.GetDirectoryName(typeof(object).Assembly.Location)!;

    private static string Find()
    {
        // artifacts/bin/PROJECT/CONFIGURATION/
        var own = new DirectoryInfo(AppContext.BaseDirectory);
        return Path.Combine(own.Parent!.Parent!.FullName, "Children", own.Name, "levity-test-children");
    }
}
