using Grpc.Core;
using Levity.EndToEnd.Tests.Fixtures;
using Levity.Protocol.Supervisor;

namespace Levity.EndToEnd.Tests.Survival;

/// <summary>The variable that tests arm failpoints with. What happens at each of them: tests/Levity.Soak.</summary>
public sealed class FailpointTests
{
    [Fact]
    public async Task levityd_is_killed_at_its_step_and_not_before()
    {
        await using var server = await LevityServer.StartAsync(Armed("StartRecorded=kill@2"));
        var client = server.Client();
        await client.SuccessAsync(await client.StartAsync("true"));

        await Assert.ThrowsAsync<RpcException>(() => client.StartAsync("true"));

        Assert.Equal(128 + 9, await server.DiedAsync());
    }

    [Fact]
    public async Task The_supervisor_is_given_it_and_its_tasks_are_not()
    {
        await using var server = await LevityServer.StartAsync(Armed("StartReceived=kill@2"));
        var supervisor = server.SupervisorPid;
        var client = server.Client();
        var id = await client.StartAsync("env");
        await client.SuccessAsync(id);
        Assert.DoesNotContain(
            Failpoints.Variable, (await client.FetchAsync(id)).Stdout.ToStringUtf8(), StringComparison.Ordinal);

        await Assert.ThrowsAsync<RpcException>(() => client.StartAsync("true"));

        await Eventually.TrueAsync(
            () => ProcessEntry.Find(supervisor) is null or { State: 'Z' }, "the end of the supervisor");
    }

    [Fact]
    public async Task A_step_that_does_not_exist_is_refused_in_one_line()
    {
        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(
            () => LevityServer.StartAsync(Armed("NoSuchStep=kill@1")));

        Assert.Contains(
            "levityd: 'NoSuchStep=kill@1' in LEVITY_FAILPOINTS is not a failpoint",
            refusal.Message,
            StringComparison.Ordinal);
    }

    private static ServerSettings Armed(string failpoints) => new()
    {
        Environment = new Dictionary<string, string> { [Failpoints.Variable] = failpoints },
    };
}
