using Google.Protobuf.WellKnownTypes;
using Levity.Daemon.Registry;
using Levity.Daemon.Tasks;
using Levity.Daemon.Tests.Fakes;
using Levity.Protocol;
using Levity.Protocol.Registry;

namespace Levity.Daemon.Tests.Tasks;

public sealed class TaskSharingTests : IAsyncLifetime
{
    private readonly SupervisedTasks _world = new();
    private ManagedTask _task = null!;

    private TaskSharing Sharing => _world.Sharing;

    private DateTimeOffset Now => _world.Time.GetUtcNow();

    public async ValueTask InitializeAsync() => _task = await _world.StartAsync();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task A_share_is_told_as_it_was_made_and_is_on_record()
    {
        var share = await Sharing.ShareAsync(_task, Request("bob", TimeSpan.FromHours(1)));

        var expected = new TaskShare
        {
            User = "bob",
            Read = true,
            SharedAt = Now.ToTimestamp(),
            ExpiresAt = Now.AddHours(1).ToTimestamp(),
        };
        Assert.Equal(expected, share);
        Assert.Equal([expected], OnRecord());
        Assert.Equal([expected], _task.Record.SharesAt(Now));
    }

    [Fact]
    public async Task A_share_without_an_end_has_none() =>
        Assert.Null((await Sharing.ShareAsync(_task, Request("bob")))!.ExpiresAt);

    [Fact]
    public async Task Sharing_again_replaces_what_that_user_had_and_nobody_elses()
    {
        await Sharing.ShareAsync(_task, Request("bob", TimeSpan.FromHours(1)));
        var carols = await Sharing.ShareAsync(_task, Request("carol"));

        var bobs = await Sharing.ShareAsync(_task, new ShareTaskRequest { User = "bob", Signal = true });

        Assert.Equal((false, true, null), (bobs!.Read, bobs.Signal, bobs.ExpiresAt));
        Assert.Equal([carols!, bobs], OnRecord());
    }

    [Fact]
    public async Task What_is_taken_back_is_gone_and_the_others_are_not()
    {
        await Sharing.ShareAsync(_task, Request("bob"));
        await Sharing.ShareAsync(_task, Request("carol"));

        Assert.True(await Sharing.UnshareAsync(_task, "bob"));

        Assert.Equal(["carol"], OnRecord().Select(share => share.User));
        Assert.Null(_task.Record.ShareOf("bob", Now));
    }

    [Theory]
    [InlineData("dave")]
    [InlineData("Bob")]
    [InlineData("bo")]
    [InlineData("")]
    public async Task Who_has_no_share_has_none_to_give_back(string user)
    {
        await Sharing.ShareAsync(_task, Request("bob"));
        var before = _task.Record;

        Assert.False(await Sharing.UnshareAsync(_task, user));

        Assert.Same(before, _task.Record);
    }

    [Fact]
    public async Task A_share_that_has_expired_is_none_any_more()
    {
        await Sharing.ShareAsync(_task, Request("bob", TimeSpan.FromSeconds(1)));
        _world.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.False(await Sharing.UnshareAsync(_task, "bob"));
        await Sharing.ShareAsync(_task, Request("carol"));

        Assert.Equal(["carol"], OnRecord().Select(share => share.User));
    }

    [Fact]
    public async Task A_task_is_shared_with_so_many_and_no_more_and_those_that_have_expired_make_room()
    {
        await Sharing.ShareAsync(_task, Request("first", TimeSpan.FromSeconds(1)));
        for (var i = 1; i < TaskSharing.MostShares; i++)
        {
            Assert.NotNull(await Sharing.ShareAsync(_task, Request($"user-{i}")));
        }

        var before = _task.Record;
        Assert.Null(await Sharing.ShareAsync(_task, Request("one-more")));
        Assert.Same(before, _task.Record);
        Assert.NotNull(await Sharing.ShareAsync(_task, Request("user-1")));
        _world.Time.Advance(TimeSpan.FromSeconds(1));

        Assert.NotNull(await Sharing.ShareAsync(_task, Request("one-more")));
        Assert.Equal(TaskSharing.MostShares, OnRecord().Count);
    }

    [Fact]
    public async Task A_change_holds_once_it_is_durable_and_not_before()
    {
        await Sharing.ShareAsync(_task, Request("bob"));
        var commit = new TaskCompletionSource();
        _world.Registry.BeforeChange = (_, _) => commit.Task;

        var sharing = Sharing.ShareAsync(_task, Request("carol"));
        var unsharing = Sharing.UnshareAsync(_task, "bob");
        Assert.Equal(["bob"], _task.Record.SharesAt(Now).Select(share => share.User));
        Assert.False(sharing.IsCompleted || unsharing.IsCompleted);
        commit.SetResult();
        await Soon.Async(Task.WhenAll(sharing, unsharing));

        Assert.Equal(["carol"], _task.Record.SharesAt(Now).Select(share => share.User));
    }

    [Fact]
    public async Task What_could_not_be_put_on_record_has_not_happened_and_can_be_tried_again()
    {
        await Sharing.ShareAsync(_task, Request("bob"));
        _world.Registry.BeforeChange = (_, _) => throw ScriptedRegistry.Full();

        await Assert.ThrowsAsync<RegistryUnavailableException>(() => Sharing.ShareAsync(_task, Request("carol")));
        await Assert.ThrowsAsync<RegistryUnavailableException>(() => Sharing.UnshareAsync(_task, "bob"));
        Assert.Equal(["bob"], _task.Record.SharesAt(Now).Select(share => share.User));
        _world.Registry.BeforeChange = (_, _) => Task.CompletedTask;

        Assert.True(await Sharing.UnshareAsync(_task, "bob"));
    }

    [Fact]
    public async Task The_other_details_of_a_task_stay_and_who_has_an_older_record_has_it_as_it_was()
    {
        _task.Share(new TaskDetails { Account = "nobody" });
        await Sharing.ShareAsync(_task, Request("bob"));
        var before = _task.Record;

        await Sharing.UnshareAsync(_task, "bob");

        Assert.Single(before.Details!.Shares);
        Assert.Equal(new TaskDetails { Account = "nobody" }, _task.Record.Details);
    }

    [Fact]
    public async Task The_next_levityd_knows_with_whom_a_task_is_shared()
    {
        var share = await Sharing.ShareAsync(_task, Request("bob", TimeSpan.FromHours(1)));

        await _world.Tasks.LoadAsync(TestContext.Current.CancellationToken);

        var found = _world.Find(_task.Record.Id);
        Assert.NotSame(_task, found);
        Assert.Equal([share!], found.Record.SharesAt(Now));
    }

    [Fact]
    public async Task A_task_that_is_removed_takes_its_shares_along()
    {
        await Sharing.ShareAsync(_task, Request("bob"));
        _task.TryMove(TaskState.Finished);

        await _world.Tasks.RemoveAsync(_task, "alice", force: false, TestContext.Current.CancellationToken);

        Assert.Empty(_world.Registry.Durable);
        Assert.NotNull(await Sharing.ShareAsync(_task, Request("carol")));
        Assert.Empty(_world.Registry.Durable);
    }

    private static ShareTaskRequest Request(string user, TimeSpan? validFor = null) =>
        new() { User = user, Read = true, ValidFor = validFor?.ToDuration() };

    private IReadOnlyList<TaskShare> OnRecord() => _world.Registry.Durable[_task.Record.Id].Details!.Shares;
}
