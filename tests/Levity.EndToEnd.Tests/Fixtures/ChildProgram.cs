namespace Levity.EndToEnd.Tests.Fixtures;

/// <summary>tests/Children: a program for tasks to run, a verb for each behaviour. Built beside the tests.</summary>
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
