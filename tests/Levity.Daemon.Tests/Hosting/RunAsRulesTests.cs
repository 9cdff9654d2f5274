using System.Net;
using Levity.Daemon.Hosting;
using Levity.Daemon.Tasks;
using Levity.Linux;

namespace Levity.Daemon.Tests.Hosting;

/// <summary>Whom tasks may run as: the rules that a levityd starts by.</summary>
public sealed class RunAsRulesTests
{
    private static readonly AccountTable Nobodys = AccountTable.None with { Default = "nobody" };

    [Theory]
    [InlineData("0.0.0.0:4321")]
    [InlineData("10.1.2.3:4321")]
    [InlineData("[::]:4321")]
    [InlineData("[fe80::1]:4321")]
    public void Root_on_an_address_that_others_can_reach_has_to_say_whom_tasks_run_as(string address)
    {
        var problem = RunAsRules.ProblemWith(IPEndPoint.Parse(address), AccountTable.None, isRoot: true);

        Assert.Contains(IPEndPoint.Parse(address).ToString(), problem, StringComparison.Ordinal);
        Assert.Contains("--run-as nobody", problem, StringComparison.Ordinal);
        Assert.Contains("--run-as root", problem, StringComparison.Ordinal);
    }

    // All others would be root.
    [Fact]
    public void Accounts_of_single_users_do_not_say_it()
    {
        var some = AccountTable.None with { Users = new Dictionary<string, string> { ["alice"] = "nobody" } };

        Assert.NotNull(RunAsRules.ProblemWith(IPEndPoint.Parse("0.0.0.0:1"), some, isRoot: true));
    }

    [Theory]
    [InlineData("127.0.0.1:4321", true)]
    [InlineData("127.3.2.1:4321", true)]
    [InlineData("[::1]:4321", true)]
    [InlineData("0.0.0.0:4321", false)]
    public void Loopback_and_users_who_are_not_root_need_not(string address, bool isRoot) =>
        Assert.Null(RunAsRules.ProblemWith(IPEndPoint.Parse(address), AccountTable.None, isRoot));

    [Theory]
    [InlineData("nobody")]
    [InlineData("root")]
    public void Whoever_is_named_has_been_chosen(string account) => Assert.Null(RunAsRules.ProblemWith(
        IPEndPoint.Parse("0.0.0.0:4321"), Nobodys with { Default = account }, isRoot: true));

    [Fact]
    public void Without_root_another_user_is_refused_with_the_key_and_its_own_is_not()
    {
        var other = new LoginAccount("build", new Credentials(CurrentUser.EffectiveId + 1, 7, []), "/");

        var problem = RunAsRules.ProblemWith("accounts.alice", other, isRoot: false);

        Assert.StartsWith("accounts.alice: only root can run tasks as another user ('build')", problem, StringComparison.Ordinal);
        Assert.Null(RunAsRules.ProblemWith("--run-as", LoginAccount.OfThisProcess(), isRoot: false));
    }

    [Fact]
    public void A_name_that_is_no_account_is_told()
    {
        Assert.Null(RunAsRules.ProblemWithName("root"));
        Assert.Equal(
            @"there is no account 'no such \u0000one' on this machine (see getent passwd)",
            RunAsRules.ProblemWithName("no such \0one"));
        Assert.NotNull(RunAsRules.ProblemWithName(""));
        Assert.NotNull(RunAsRules.ProblemWithName("0"));
        Assert.NotNull(RunAsRules.ProblemWithName(new string('x', 100_000)));
    }
}
