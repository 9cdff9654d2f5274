namespace Levity.EndToEnd.Tests.Fixtures;

/// <summary>tests/Children: one program for tasks to run, with a verb for each behaviour. It is built beside the tests.</summary>
internal static class ChildProgram
{
    public static string FilePath { get; } = Find();

    private static string Find()
    {
        // artifacts/bin/PROJECT/CONFIGURATION/
        var own = new DirectoryInfo(AppContext.BaseDirectory);
        return Path.Combine(own.Parent!.Parent!.FullName, "Children", own.Name, "levity-test-children");
    }
}
