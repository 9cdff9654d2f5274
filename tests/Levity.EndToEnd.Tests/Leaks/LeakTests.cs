using Levity.EndToEnd.Tests.Fixtures;
using Levity.Protocol;

namespace Levity.EndToEnd.Tests.Leaks;

/// <summary>What was used is given back.</summary>
public sealed class LeakTests
{
    [Fact]
    public async Task Followers_of_a_silent_task_that_leave_leave_nothing_behind()
    {
        await using var server = await LevityServer.StartAsync();
        var id = await server.Client().ShellAsync("echo ready; exec sleep 300");
        await FollowAndLeaveAsync(server, id, followers: 10);
        var before = ProcessTable.OpenDescriptors(server.Pid);

        for (var round = 0; round < 10; round++)
        {
            await FollowAndLeaveAsync(server, id, followers: 30);
        }

        // Open connections have nothing open that the first one did not have.
        await Eventually.TrueAsync(
            () => ProcessTable.OpenDescriptors(server.Pid) <= before,
            () => $"{before} descriptors; there are {ProcessTable.OpenDescriptors(server.Pid)}");
    }

    [Fact]
    [Trait("Load", "heavy")]
    public async Task Thousands_who_follow_cancel_and_hang_up_leave_both_programs_as_they_were()
    {
        const int followers = 50;
        await using var server = await LevityServer.StartAsync();
        string[] ids =
        [
            await server.Client().ShellAsync("echo ready; exec sleep 300"),
            await server.Client().ShellAsync("while :; do seq 100; sleep 0.02; done"),
        ];
        int[] programs = [server.Pid, server.SupervisorPid];
        await FollowAndLeaveAllAsync(rounds: 4);

        await Eventually.TrueAsync(() => server.LogsBeingRead == 0, "no reader");
        var before = programs.Select(ProcessUsage.Of).ToList();

        await FollowAndLeaveAllAsync(rounds: 20);

        // A collector that has nothing to do collects nothing, whatever there is: what was leaked only grows by a little more work.
        await Eventually.GetAsync(
            async () =>
            {
                if (programs.Select(ProcessUsage.Of).Zip(before).All(pair => pair.First.IsNoMoreThan(pair.Second)))
                {
                    return ids;
                }

                await FollowAndLeaveAllAsync(rounds: 1);
                return null;
            },
            () => $"{string.Join(" and ", before)}; now {string.Join(" and ", programs.Select(ProcessUsage.Of))}");

        async Task FollowAndLeaveAllAsync(int rounds)
        {
            for (var round = 0; round < rounds; round++)
            {
                await Task.WhenAll(ids.Select(id => FollowAndLeaveAsync(server, id, followers)));
            }
        }
    }

    [Fact]
    public async Task Ended_tasks_leave_no_descriptor_and_no_zombie()
    {
        await using var server = await LevityServer.StartAsync();
        var supervisor = server.SupervisorPid;
        await RunAsync(server.Client(), tasks: 20);
        var before = ProcessTable.OpenDescriptors(supervisor);

        await RunAsync(server.Client(), tasks: 200);

        await Eventually.TrueAsync(
            () => ProcessTable.OpenDescriptors(supervisor) <= before,
            () => $"{before} descriptors; there are {ProcessTable.OpenDescriptors(supervisor)}");
        await Eventually.TrueAsync(
            () => ChildrenOf(supervisor).Count == 0,
            () => $"no child; there are {string.Join(", ", ChildrenOf(supervisor))}");
    }

    [Theory]
    [InlineData("echo ready; exec sleep 300")]
    [InlineData("exec sleep 300")]
    public async Task An_idle_running_task_costs_the_supervisor_two_descriptors(string script)
    {
        const int tasks = 20;
        await using var server = await LevityServer.StartAsync();
        var client = server.Client();
        await client.SuccessAsync(await client.StartAsync("true"));
        var supervisor = server.SupervisorPid;
        var before = ProcessTable.OpenDescriptors(supervisor);

        await Task.WhenAll(Enumerable.Range(0, tasks).Select(_ => client.ShellAsync(script)));

        await Eventually.TrueAsync(
            () => ProcessTable.OpenDescriptors(supervisor) <= before + 2 * tasks,
            () => $"2 descriptors a task; there were {before}, and are {ProcessTable.OpenDescriptors(supervisor)}");
    }

    private static List<ProcessEntry> ChildrenOf(int pid) =>
        [.. ProcessTable.All().Where(process => process.Parent == pid)];

    // Each leaves an orphan that the supervisor has to reap.
    private static Task RunAsync(TestClient client, int tasks) => Parallel.ForAsync(
        0, tasks, TestContext.Current.CancellationToken, async (_, _) =>
            await client.SuccessAsync(await client.ShellAsync("(true &); (sleep 300 &); echo done")));

    // A connection of its own each time, as with levity logs -f and Ctrl-C. Half of them cancel, the others hang up.
    private static async Task FollowAndLeaveAsync(LevityServer server, string id, int followers)
    {
        using var client = new TestClient(server.Address, server.Certificates.ServerCa, server.Certificates.Alice);
        var calls = Enumerable.Range(0, followers).Select(_ => client.Follow(id)).ToList();
        await Task.WhenAll(calls.Select(call => call.NextAsync()));
        calls.Take(followers / 2).ToList().ForEach(call => call.Dispose());
        Assert.Equal(TaskStatusCode.Running, (await client.QueryAsync(id)).StatusCode);
    }
}
