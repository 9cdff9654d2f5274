using Levity.EndToEnd.Tests.Fixtures;

namespace Levity.EndToEnd.Tests.CommandLine;

/// <summary><c>levity version</c>: of both ends.</summary>
public sealed class VersionTests(SharedServer shared) : IClassFixture<SharedServer>
{
    [Fact]
    public async Task Programs_that_were_built_together_are_of_one_version()
    {
        var lines = (await shared.Server.Cli().RunAsync("version")).Successful().OutputText.TrimEnd('\n').Split('\n');

        var (levity, levityd) = (WordsOf(lines[1]), WordsOf(lines[2]));
        Assert.Equal((3, "levity", "levityd"), (lines.Length, levity[0], levityd[0]));
        Assert.Equal(levity[1], levityd[1]);
    }

    private static string[] WordsOf(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
