using Levity.Protocol;
using Levity.Protocol.Supervisor;
using Levity.Supervisor.Tests.Fixtures;

namespace Levity.Supervisor.Tests.Children;

public sealed class MeasuringTests : SupervisorTests
{
    [Fact]
    public async Task What_children_use_is_measured_and_those_that_are_not_there_are_left_out()
    {
        var (busy, idle) = (TaskId.New(), TaskId.New());
        var started = await Client.StartAsync(SupervisorUnderTest.Command(busy, "sh", "-c", "while :; do :; done"));
        await Client.StartAsync(SupervisorUnderTest.Command(idle, "sh", "-c", "sleep 1000 & exec sleep 1000"));

        var before = await MeasureAsync([busy], children => children is [{ UserTimeUs: > 20_000 }]);
        var now = await MeasureAsync(
            [TaskId.New(), idle, busy],
            children => children is [{ Processes: 2 }, var last] && last.UserTimeUs > before[0].UserTimeUs);

        Assert.Equal([idle.ToString(), busy.ToString()], now.Select(child => child.TaskId));
        Assert.Equal(started.ChildStarted.StartedAtUnixNs, now[1].StartedAtUnixNs);
        Assert.True(now[1].MeasuredAtNs > before[0].MeasuredAtNs);
        Assert.All(now, child => Assert.InRange(child.MemoryBytes, 100_000, 100_000_000));
        Assert.True(now[0].UserTimeUs < now[1].UserTimeUs);
    }

    [Fact]
    public async Task Too_many_at_once_are_refused_and_words_that_are_no_ids_are_nobody()
    {
        var many = new MeasureChildren { TaskIds = { Enumerable.Repeat("no id", ControlProtocol.MostMeasured + 1) } };

        var refused = await Client.AskAsync(new Request { MeasureChildren = many });
        Assert.Contains("at most 256", refused.Failure.Message, StringComparison.Ordinal);

        many.TaskIds.RemoveAt(0);
        Assert.Empty((await Client.AskAsync(new Request { MeasureChildren = many })).ChildrenMeasured.Children);
    }

    private async Task<IReadOnlyList<MeasuredChild>> MeasureAsync(
        IEnumerable<TaskId> tasks, Func<IReadOnlyList<MeasuredChild>, bool> isRight)
    {
        var request = new MeasureChildren { TaskIds = { tasks.Select(task => task.ToString()) } };
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            var reply = await Client.AskAsync(new Request { MeasureChildren = request });
            if (isRight(reply.ChildrenMeasured.Children))
            {
                return reply.ChildrenMeasured.Children;
            }

            patience.Token.ThrowIfCancellationRequested();
        }
    }
}
