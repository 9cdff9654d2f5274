using Levity.EndToEnd.Tests.Fixtures;

namespace Levity.EndToEnd.Tests.Security;

/// <summary>What a levityd does not start with, for its tasks would be somebody whom nobody has chosen.</summary>
public sealed class StartRefusalTests
{
    [Fact]
    public async Task Root_on_an_address_that_others_can_reach_has_to_say_whom_tasks_run_as()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root's tasks are root's");

        var refused = await StartAsync([], "0.0.0.0:0");

        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("--run-as nobody", refused.ErrorText, StringComparison.Ordinal);
        Assert.DoesNotContain("Listening", refused.ErrorText, StringComparison.Ordinal);
    }

    // It goes on to the next thing that is wrong: there are no certificates.
    [Theory]
    [InlineData("0.0.0.0:0", "--run-as", "root")]
    [InlineData("127.0.0.1:0")]
    public async Task Whoever_says_it_or_is_not_reached_gets_further(string address, params string[] more)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root's tasks are root's");

        var refused = await StartAsync([], [address, .. more]);

        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("/nowhere/", refused.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_root_another_account_is_refused_and_the_own_one_is_not()
    {
        var obstacle = await Unprivileged.ObstacleAsync();
        Assert.SkipWhen(obstacle is not null, obstacle ?? "");

        var other = await StartAsync(Unprivileged.Launcher(Unprivileged.UserId), "--run-as", "root");
        var own = await StartAsync(Unprivileged.Launcher(Unprivileged.UserId), "0.0.0.0:0", "--run-as", "nobody");

        Assert.Equal(1, other.ExitCode);
        Assert.Contains("--run-as: only root can run tasks as another user ('root')", other.ErrorText, StringComparison.Ordinal);
        Assert.DoesNotContain("run-as", own.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_root_that_is_confined_is_told_what_it_lacks()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root has something to lose");

        var refused = await StartAsync(["setpriv", "--bounding-set", "-setuid,-kill"], "--run-as", "nobody");

        Assert.Equal(1, refused.ExitCode);
        Assert.Contains(
            "--run-as: to run tasks as 'nobody' takes CAP_KILL, CAP_SETUID", refused.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_account_that_there_is_not_is_told_before_anything_is_done()
    {
        var refused = await StartAsync([], "--run-as", "no-such-account");

        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("there is no account 'no-such-account'", refused.ErrorText, StringComparison.Ordinal);
    }

    private static async Task<ProgramResult> StartAsync(string[] launcher, params string[] more)
    {
        var state = Directory.CreateTempSubdirectory("lv-");
        if (launcher.Contains("--reuid"))
        {
            (await RunningProgram.RunAsync(["chown", $"{Unprivileged.UserId}", state.FullName])).Successful();
        }

        try
        {
            return await RunningProgram.RunAsync(
            [
                .. launcher, PublishedPrograms.Levityd, "-c", "/nowhere/server.crt", "-k", "/nowhere/server.key",
                "--client-ca", "/nowhere/ca.crt", "--state-dir", state.FullName, .. more,
            ]);
        }
        finally
        {
            state.Delete(recursive: true);
        }
    }
}
