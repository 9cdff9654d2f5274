using System.Globalization;
using Levity.EndToEnd.Tests.Fixtures;

namespace Levity.EndToEnd.Tests.Authority;

/// <summary>
/// <c>levity ca</c> killed at each of its steps that can be seen from outside: strace(1) has SIGKILL delivered at the
/// first rename, at the second, … until a run comes through.
/// </summary>
public sealed class KilledTests
{
    private const string Renames = "rename,renameat,renameat2";
    private const int Killed = 128 + 9;
    private const int MoreStepsThanThereAre = 40;

    [Fact]
    public async Task A_user_is_issued_as_a_whole_or_not_at_all()
    {
        await RequireStraceAsync();
        using var ca = new CaDirectory();
        await ca.RunAsync("init");

        var steps = await KillAtEachStepAsync(ca, step => ["issue-user", $"user{step}"], async step =>
        {
            var name = $"user{step}";
            var isIssued = (await ca.IssuedAsync()).Any(certificate => certificate.Name == name);
            Assert.Equal((isIssued, isIssued), (File.Exists(ca.PathOf($"{name}.crt")), File.Exists(ca.PathOf($"{name}.key"))));
            await (isIssued ? ca.VerifyUserAsync(name) : ca.RunAsync("issue-user", name));
        });

        Assert.InRange(steps, 3, MoreStepsThanThereAre);
    }

    [Fact]
    public async Task Who_is_revoked_in_the_index_is_revoked_in_the_list()
    {
        await RequireStraceAsync();
        using var ca = new CaDirectory();
        await ca.RunAsync("init");
        await ca.RunAsync("issue-user", "alice");

        var steps = await KillAtEachStepAsync(ca, _ => ["revoke", "alice"], async _ =>
        {
            var isRevoked = (await ca.IssuedAsync())[^1].State == "revoked";
            var list = await CaDirectory.OpensslAsync("crl", "-in", ca.PathOf("client-ca.crl"), "-noout", "-text");
            var serial = (await ca.IssuedAsync())[^1].Serial;
            Assert.Equal(isRevoked, list.Successful().OutputText.Contains(serial, StringComparison.Ordinal));
            if (isRevoked)
            {
                await ca.RunAsync("issue-user", "alice", "--force");
            }
        });

        Assert.InRange(steps, 3, MoreStepsThanThereAre);
    }

    [Fact]
    public async Task A_CA_is_made_as_a_whole_or_not_at_all()
    {
        await RequireStraceAsync();
        for (var step = 1; step < MoreStepsThanThereAre; step++)
        {
            using var ca = new CaDirectory();
            var result = await ca.TryAsync(["init"], Strace(step));
            if (result.ExitCode == 0)
            {
                Assert.InRange(step, 7, MoreStepsThanThereAre);
                return;
            }

            Assert.Equal(Killed, result.ExitCode);
            await ca.RunAsync("init", "--keep");
            await ca.RunAsync("issue-user", "alice");
            await ca.VerifyUserAsync("alice");
        }

        Assert.Fail("it never came through");
    }

    /// <returns>How many steps there were.</returns>
    private static async Task<int> KillAtEachStepAsync(
        CaDirectory ca, Func<int, string[]> command, Func<int, Task> check)
    {
        for (var step = 1; step < MoreStepsThanThereAre; step++)
        {
            var result = await ca.TryAsync(command(step), Strace(step));
            await check(step);
            if (result.ExitCode == 0)
            {
                return step - 1;
            }

            Assert.Equal(Killed, result.ExitCode);
        }

        return MoreStepsThanThereAre;
    }

    private static string[] Strace(int step) =>
    [
        "strace", "--follow-forks", "--quiet=all", "--output=/dev/null", $"--trace={Renames}",
        string.Create(CultureInfo.InvariantCulture, $"--inject={Renames}:signal=SIGKILL:when={step}"),
    ];

    private static async Task RequireStraceAsync()
    {
        var found = await RunningProgram.RunAsync(["sh", "-c", "strace -o /dev/null true"]);
        Assert.SkipUnless(found.ExitCode == 0, $"strace cannot be used here: {found.ErrorText}");
    }
}
