using Levity.Daemon.Tasks;
using Levity.Daemon.Tests.Fakes;
using Levity.Linux;
using Levity.Protocol.Registry;

namespace Levity.Daemon.Tests.Tasks;

/// <summary>Whose tasks run as whom.</summary>
public sealed class TaskAccountsTests
{
    private static readonly AccountTable Table = new(
        "nobody", new Dictionary<string, string> { ["alice"] = "daemon", ["carol"] = "no-such-account" });

    [Theory]
    [InlineData("alice", "daemon")]
    [InlineData("bob", "nobody")]
    [InlineData("Alice", "nobody")]
    public async Task Each_task_is_started_as_its_owners_account_which_is_on_record(string owner, string account)
    {
        await using var world = new SupervisedTasks(accounts: Table);

        var outcome = await world.Tasks.StartAsync(owner, SupervisedTasks.SomeRequest());

        var entry = LoginAccount.Find(account)!;
        var start = world.Supervisor.LastStart!;
        Assert.Equal(account, world.Registry.Durable[outcome.Id].Details!.Account);
        Assert.Equal(
            (entry.Credentials.UserId, entry.Credentials.GroupId), (start.Account.Uid, start.Account.Gid));
        Assert.Equal(entry.Credentials.Groups, start.Account.Groups);
        Assert.Contains(start.Environment, variable => variable.ToStringUtf8() == $"USER={account}");
    }

    [Fact]
    public async Task Without_a_word_of_the_operator_they_run_as_levityd_does_and_nothing_is_on_record()
    {
        await using var world = new SupervisedTasks();

        var task = await world.StartAsync();

        Assert.Null(world.Supervisor.LastStart!.Account);
        Assert.Null(task.Record.Details);
    }

    // Details come from elsewhere too, and there is no absent string in them.
    [Fact]
    public async Task So_it_is_when_something_else_is_on_record_with_them()
    {
        await using var world = new SupervisedTasks();

        var outcome = await world.Tasks.StartAsync("alice", SupervisedTasks.SomeRequest(), new StartingCertificate());

        Assert.Null(outcome.AccountProblem);
        Assert.Null(world.Supervisor.LastStart!.Account);
    }

    [Fact]
    public async Task An_account_that_is_gone_starts_nothing_and_leaves_nothing_not_even_a_key()
    {
        await using var world = new SupervisedTasks(accounts: Table);
        var request = SupervisedTasks.SomeRequest();
        request.RequestKey = "key";

        var first = await world.Tasks.StartAsync("carol", request);
        var again = await world.Tasks.StartAsync("carol", request);

        Assert.Equal("there is no account 'no-such-account' on the server any more", first.AccountProblem);
        Assert.Equal(first.AccountProblem, again.AccountProblem);
        Assert.Empty(world.Journal.Entries);
        Assert.Empty(world.Tasks.All);
    }
}
