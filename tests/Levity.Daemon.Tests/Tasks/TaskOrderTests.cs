using CsCheck;
using Levity.Daemon.Registry;
using Levity.Daemon.Tasks;
using Levity.Protocol;

namespace Levity.Daemon.Tests.Tasks;

public sealed class TaskOrderTests
{
    // Few moments and few owners, so that many tasks share them.
    private static readonly Gen<List<ManagedTask>> Tasks = Gen.Select(Gen.Int[0, 5], Gen.Bool)
        .Select((second, isAlices) => new ManagedTask(new TaskRecord
        {
            Id = TaskId.New(),
            Owner = isAlices ? "alice" : "bob",
            Request = new StartTaskRequest { Binary = "true" },
            State = TaskState.Running,
            CreatedAt = DateTimeOffset.UnixEpoch.AddSeconds(second),
        })).List[0, 200];

    [Fact]
    public void An_order_that_begins_with_all_is_one_to_which_each_was_added() => Tasks.Sample(
        tasks =>
        {
            var (begun, grown) = (new TaskOrder(), new TaskOrder());
            begun.Begin(tasks);
            tasks.ForEach(grown.Add);
            foreach (var owner in (string?[])[null, "alice", "bob", "chuck"])
            {
                Assert.Equal(grown.Walk(owner, newestFirst: true, from: null), begun.Walk(owner, newestFirst: true, from: null));
                Assert.Equal(grown.Walk(owner, newestFirst: false, from: null), begun.Walk(owner, newestFirst: false, from: null));
            }

            tasks.ForEach(begun.Remove);
            Assert.Empty(begun.Walk(owner: null, newestFirst: true, from: null));
        },
        iter: 50);
}
