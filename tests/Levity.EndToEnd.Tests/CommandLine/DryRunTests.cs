using Levity.EndToEnd.Tests.Fixtures;
using Levity.Protocol;

namespace Levity.EndToEnd.Tests.CommandLine;

/// <summary>What levityd says that a start would do is what it does.</summary>
public sealed class DryRunTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private readonly TestClient _client = shared.Server.Client();

    [Fact]
    public async Task The_environment_and_the_directory_of_the_plan_are_those_of_the_task()
    {
        var request = new StartTaskRequest
        {
            Binary = "sh",
            Args = { "-c", "pwd; env | grep -v -e ^PWD= -e ^_= -e ^SHLVL= -e ^LEVITY_TASK_ID=" },
            Environment = { ["LEVEL"] = "debug", ["LANG"] = "C" },
        };
        var dry = request.Clone();
        dry.ValidateOnly = true;

        var plan = await _client.PlanAsync(dry);
        var id = await _client.StartAsync(request);
        await _client.SuccessAsync(id);

        var lines = (await _client.FetchAsync(id)).Stdout.ToStringUtf8().TrimEnd('\n').Split('\n');
        Assert.Equal(lines[0], plan.WorkingDir);
        Assert.Equal(
            lines[1..].Order(StringComparer.Ordinal),
            plan.Environment.Select(variable => $"{variable.Key}={variable.Value}").Order(StringComparer.Ordinal));
        Assert.Contains(plan.Containment, (string[])["cgroup", "session"]);
        Assert.Equal("alice", plan.Owner);
        Assert.Empty(plan.Obstacles);
        Assert.Equal([id], shared.Server.LogIds);
    }
}
