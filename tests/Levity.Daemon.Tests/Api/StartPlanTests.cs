using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Levity.Daemon.Api;
using Levity.Daemon.Security;
using Levity.Daemon.Tasks;
using Levity.Daemon.Tests.Fakes;
using Levity.Protocol;

namespace Levity.Daemon.Tests.Api;

/// <summary>StartTask with validate_only: what would happen, and nothing of it does.</summary>
public sealed class StartPlanTests : IAsyncLifetime
{
    private readonly FakeApplication _application = new();
    private readonly SupervisedTasks _world = new(
        limits: new LimitTable(
            new UserLimits { RunningTasks = 1, StartsPerMinute = 2, LogBytes = 1000 }, new Dictionary<string, UserLimits>()),
        accounts: new AccountTable(null, new Dictionary<string, string> { ["gone"] = "levity-no-such-account" }));

    private TaskService _service = null!;

    public ValueTask InitializeAsync()
    {
        _service = _world.NewService(_application);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _world.DisposeAsync();
        _application.Dispose();
    }

    [Fact]
    public async Task All_is_told_that_the_supervisor_would_be_asked_for()
    {
        var request = RequestFor("make");
        request.Args.Add("all");
        request.Environment["LEVEL"] = "debug";
        request.WorkingDir = "/srv";

        var plan = await PlanAsync(request);
        var real = request.Clone();
        real.ClearValidateOnly();
        await _world.Tasks.StartAsync("alice", real);

        var asked = _world.Supervisor.LastStart!;
        Assert.Equal(("alice", "", "/srv", "cgroup"), (plan.Owner, plan.Account, plan.WorkingDir, plan.Containment));
        Assert.Equal((7, asked.LogQuotaBytes), (plan.Grace.Seconds, plan.LogQuotaBytes));
        Assert.Equal(
            asked.Environment.Select(variable => variable.ToStringUtf8())
                .Where(variable => !variable.StartsWith("LEVITY_TASK_ID=", StringComparison.Ordinal)).Order(StringComparer.Ordinal),
            plan.Environment.Select(variable => $"{variable.Key}={variable.Value}").Order(StringComparer.Ordinal));
        Assert.Equal("debug", plan.Environment["LEVEL"]);
        Assert.Equal(new StartTaskRequest { Binary = "make", Args = { "all" }, WorkingDir = "/srv" }, plan.Request);
        Assert.Empty(plan.Obstacles);
    }

    [Fact]
    public async Task What_the_task_says_of_itself_stands_before_what_the_server_does()
    {
        var request = RequestFor("true");
        request.Grace = new Duration { Seconds = 33 };
        request.LogQuotaBytes = 1_100_000;
        request.Limits = new ResourceLimits { Processes = 5 };

        var plan = await PlanAsync(request);

        Assert.Equal((33, 1_100_000ul, 5), (plan.Grace.Seconds, plan.LogQuotaBytes, plan.Request.Limits.Processes));
    }

    [Fact]
    public async Task Nothing_is_started_put_on_record_or_counted()
    {
        for (var i = 0; i < 5; i++)
        {
            var request = RequestFor("true");
            request.RequestKey = "key";
            request.Name = "web-x";
            Assert.Empty((await PlanAsync(request)).Obstacles);
        }

        Assert.Empty(_world.Tasks.All);
        Assert.Empty(_world.Journal.Entries);
        var started = await _service.StartTask(
            new StartTaskRequest { Binary = "false", RequestKey = "key", Name = "web-x" }, Call("alice"));
        Assert.NotNull(started.TaskId);
        Assert.Null(started.Plan);
    }

    [Fact]
    public async Task What_stands_against_it_is_told_in_the_words_of_the_refusal()
    {
        var first = await _service.StartTask(new StartTaskRequest { Binary = "true", Name = "web-x" }, Call("alice"));
        var request = RequestFor("true");
        request.Name = "web-x";

        var plan = await PlanAsync(request);

        Assert.Equal(
            [("running-tasks", 1, 1), ("starts-per-minute", 2, 1), ("log-bytes", 1000, 0)],
            plan.UserLimits.Select(use => (use.Name, use.Limit, use.Used)));
        Assert.Equal(
            [RpcErrors.NameIsTaken("web-x", first.TaskId.Id).Status.Detail, await RefusalAsync("true")], plan.Obstacles);
        Assert.Empty((await PlanAsync(RequestFor("true"), "bob")).Obstacles);
    }

    [Fact]
    public async Task An_account_that_is_not_there_stands_against_it()
    {
        var plan = await PlanAsync(RequestFor("true"), "gone");

        Assert.Equal("levity-no-such-account", plan.Account);
        Assert.StartsWith(
            "there is no account 'levity-no-such-account'", Assert.Single(plan.Obstacles), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Limits_without_control_groups_and_a_supervisor_that_is_away_stand_against_it()
    {
        var request = RequestFor("true");
        request.Limits = new ResourceLimits { Processes = 5 };
        _world.Supervisor.Containment = "session";
        Assert.StartsWith("limits: ", Assert.Single((await PlanAsync(request)).Obstacles), StringComparison.Ordinal);

        _world.Supervisor.Containment = null;
        var plan = await PlanAsync(RequestFor("true"));
        Assert.Contains("supervisor", Assert.Single(plan.Obstacles), StringComparison.Ordinal);
        Assert.Equal("", plan.Containment);
    }

    [Fact]
    public async Task A_request_that_makes_no_sense_is_refused_as_ever()
    {
        var e = await Assert.ThrowsAsync<RpcException>(() => PlanAsync(RequestFor("")));

        Assert.Equal(StatusCode.InvalidArgument, e.StatusCode);
    }

    private static StartTaskRequest RequestFor(string binary) => new() { Binary = binary, ValidateOnly = true };

    private async Task<StartPlan> PlanAsync(StartTaskRequest request, string caller = "alice")
    {
        var response = await _service.StartTask(request, Call(caller));
        Assert.Null(response.TaskId);
        return response.Plan;
    }

    private async Task<string> RefusalAsync(string binary) => (await Assert.ThrowsAsync<RpcException>(
        () => _service.StartTask(new StartTaskRequest { Binary = binary }, Call("alice")))).Status.Detail;

    private FakeCall Call(string caller) => new(
        new CallerIdentity(caller, _world.Time.GetUtcNow().AddHours(1)), TestContext.Current.CancellationToken, method: "StartTask");
}
