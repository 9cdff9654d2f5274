using System.Runtime.CompilerServices;

namespace Levity.Cli.Tests.Commands;

/// <summary>
/// The help texts, as they are in Commands/Help/. When one changes on purpose, run the tests with
/// LEVITY_UPDATE_SNAPSHOTS=1 and look at the difference.
/// </summary>
public sealed class HelpTests
{
    [Theory]
    [InlineData("levity", "--help")]
    [InlineData("start", "start", "--help")]
    [InlineData("query", "query", "--help")]
    [InlineData("inspect", "inspect", "--help")]
    [InlineData("signal", "signal", "--help")]
    [InlineData("logs", "logs", "--help")]
    [InlineData("rm", "rm", "--help")]
    [InlineData("share", "share", "--help")]
    [InlineData("unshare", "unshare", "--help")]
    [InlineData("ca", "ca", "--help")]
    [InlineData("ca-init", "ca", "init", "--help")]
    [InlineData("ca-issue-server", "ca", "issue-server", "--help")]
    [InlineData("ca-issue-user", "ca", "issue-user", "--help")]
    [InlineData("ca-request", "ca", "request", "--help")]
    [InlineData("ca-renew", "ca", "renew", "--help")]
    [InlineData("ca-revoke", "ca", "revoke", "--help")]
    [InlineData("ca-crl", "ca", "crl", "--help")]
    [InlineData("ca-list", "ca", "list", "--help")]
    [InlineData("audit", "audit", "--help")]
    [InlineData("audit-verify", "audit", "verify", "--help")]
    public async Task The_help_of_a_command_is_as_it_was_written_down(string name, params string[] args)
    {
        var run = await CommandRun.ExecuteAsync(args);

        Assert.Equal(("", 0), (run.Error, run.ExitCode));
        if (Environment.GetEnvironmentVariable("LEVITY_UPDATE_SNAPSHOTS") == "1")
        {
            await using var file = File.Create(Path.Combine(SourceDirectory(), "Help", $"{name}.txt"));
            await file.WriteAsync(run.OutputBytes, TestContext.Current.CancellationToken);
        }

        var snapshot = Path.Combine(AppContext.BaseDirectory, "Commands", "Help", $"{name}.txt");
        var expected = await File.ReadAllTextAsync(snapshot, TestContext.Current.CancellationToken);
        Assert.Equal(expected, run.Output);
        Assert.DoesNotContain(run.Output.Split('\n'), line => line.Length > 100 || line.EndsWith(' '));
    }

    [Fact]
    public async Task Help_wins_over_what_is_missing()
    {
        var run = await CommandRun.ExecuteAsync(["start", "-h"]);

        Assert.StartsWith("Starts a task", run.Output, StringComparison.Ordinal);
        Assert.Equal(("", 0), (run.Error, run.ExitCode));
    }

    [Fact]
    public async Task The_version_is_one_line()
    {
        var run = await CommandRun.ExecuteAsync(["--version"]);

        Assert.Matches(@"\Alevity [0-9]+\.[0-9]+\.[0-9]+[^ ]*\n\z", run.Output);
        Assert.Equal(("", 0), (run.Error, run.ExitCode));
    }

    private static string SourceDirectory([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
