namespace Levity.EndToEnd.Tests.Fixtures;

/// <summary>A program that is not Levity's, and may be missing here. It may not where CI runs.</summary>
internal static class MachineTool
{
    /// <summary>Skips the test when it is not there.</summary>
    /// <param name="name">Its package.</param>
    /// <param name="probe">A command that succeeds when it is.</param>
    public static async Task NeedAsync(string name, params IReadOnlyList<string> probe)
    {
        // By way of sh, which takes a missing program for a failure.
        if ((await RunningProgram.RunAsync(["sh", "-c", "\"$@\"", "sh", .. probe])).ExitCode != 0)
        {
            var missing = $"there is no {name}: `scripts/prerequisites ci` and `make lint` install it";
            Assert.False(Environment.GetEnvironmentVariable("CI") == "true", missing);
            Assert.Skip(missing);
        }
    }
}
