using Google.Protobuf.WellKnownTypes;
using Grpc.AspNetCore.Server;
using Levity.Daemon.Registry;
using Levity.Daemon.Security;
using Levity.Daemon.Tests.Fakes;
using Levity.Protocol;
using Levity.Protocol.Registry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Levity.Daemon.Tests.Security;

public sealed class AccessPolicyTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Each_method_that_is_served_has_a_row_and_no_other() =>
        Assert.Equal(PublicMethods().Concat(BuiltInMethods()).Order(), AccessPolicy.Methods.Order());

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("/levity.TaskManager/")]
    [InlineData("/levity.TaskManager/querytask")]
    [InlineData("/levity.TaskManager/QueryTask/")]
    [InlineData("levity.TaskManager/QueryTask")]
    [InlineData("/levity.TaskManager/QueryTask\0")]
    [InlineData("//levity.TaskManager/QueryTask")]
    public void A_method_that_is_nearly_in_the_table_is_not_in_it(string method) =>
        Assert.False(AccessPolicy.Covers(method));

    [Fact]
    public void All_of_the_table_is_covered() =>
        Assert.All(AccessPolicy.Methods, method => Assert.True(AccessPolicy.Covers(method)));

    [Theory]
    [InlineData("the owner", "alice", "Read, Signal, Remove, Own, Share, Attach")]
    [InlineData("another user", "bob", "None")]
    [InlineData("a viewer", "vera", "Read")]
    [InlineData("an admin", "adam", "Read, Signal, Remove, Share, Attach")]
    [InlineData("a viewer who is an admin", "eve", "Read, Signal, Remove, Share, Attach")]
    public void Each_role_has_its_rights_to_somebodys_task(string role, string name, string expected) =>
        Assert.Equal((role, expected), (role, Policy.RightsTo(TaskOf("alice"), Caller(name)).ToString()));

    [Theory]
    [InlineData("one who may read", "rita", "Read")]
    [InlineData("one who may signal", "sam", "Signal")]
    [InlineData("one who may attach", "arthur", "Attach")]
    [InlineData("one who may do both", "beth", "Read, Signal")]
    [InlineData("one whose share gives nothing", "nina", "None")]
    [InlineData("one with whom it is not shared", "bob", "None")]
    [InlineData("a viewer who may signal", "vera", "Read, Signal")]
    public void A_share_adds_what_it_gives_and_nothing_else(string who, string name, string expected)
    {
        var task = TaskOf("alice", Share("rita", read: true), Share("sam", signal: true), Share("nina"), Share("arthur", attach: true),
            Share("beth", read: true, signal: true), Share("vera", signal: true));

        Assert.Equal((who, expected), (who, Policy.RightsTo(task, Caller(name)).ToString()));
        Assert.Equal(Rights.None, Policy.RightsTo(TaskOf("alice"), Caller(name)) & ~Rights.Read);
    }

    [Fact]
    public void A_share_gives_something_until_the_very_moment_of_its_end()
    {
        var task = TaskOf("alice", Share("rita", read: true, end: _time.GetUtcNow().AddHours(1)));

        _time.Advance(TimeSpan.FromHours(1) - TimeSpan.FromTicks(1));
        Assert.Equal(Rights.Read, Policy.RightsTo(task, Caller("rita")));
        _time.Advance(TimeSpan.FromTicks(1));

        Assert.Equal(Rights.None, Policy.RightsTo(task, Caller("rita")));
        Assert.Empty(Policy.SharesToldTo(task, Caller("rita")));
        Assert.Empty(Policy.SharesToldTo(task, Caller("alice")));
    }

    [Fact]
    public void What_is_shared_is_not_among_the_rights_that_last()
    {
        var task = TaskOf("alice", Share("rita", read: true, signal: true), Share("vera", signal: true));

        Assert.Equal(Rights.None, Policy.LastingRightsTo(task, Caller("rita")));
        Assert.Equal(Rights.Read, Policy.LastingRightsTo(task, Caller("vera")));
    }

    [Theory]
    [InlineData("alice", "rita", "sam")]
    [InlineData("adam", "rita", "sam")]
    [InlineData("rita", "rita")]
    [InlineData("vera")]
    [InlineData("bob")]
    public void All_shares_are_told_to_those_who_may_share_and_to_others_their_own(string name, params string[] users)
    {
        var task = TaskOf("alice", Share("rita", read: true), Share("sam", signal: true));

        Assert.Equal(users, Policy.SharesToldTo(task, Caller(name)).Select(share => share.User));
    }

    [Theory]
    [InlineData("alice", true)]
    [InlineData("adam", true)]
    [InlineData("eve", true)]
    [InlineData("bob", false)]
    [InlineData("vera", false)]
    [InlineData("dave", false)]
    public void Those_who_are_allowed_to_and_admins_may_start(string name, bool may)
    {
        var refusal = Policy.Refusal("/levity.TaskManager/StartTask", Caller(name));

        Assert.Equal(may, refusal is null);
        Assert.True(may || refusal!.Contains($"{name} may not start", StringComparison.Ordinal), refusal);
    }

    [Fact]
    public void Without_a_word_of_the_operator_everybody_may_start_and_nobody_is_more_than_an_owner()
    {
        var policy = new AccessPolicy(Roles.None, _time);

        Assert.Null(policy.Refusal("/levity.TaskManager/StartTask", Caller("dave")));
        Assert.Equal(Rights.None, policy.RightsTo(TaskOf("alice"), Caller("adam")));
    }

    [Fact]
    public void An_empty_list_of_those_who_may_start_is_nobody() => Assert.NotNull(
        new AccessPolicy(new Roles { Starters = new HashSet<string>() }, _time)
            .Refusal("/levity.TaskManager/StartTask", Caller("alice")));

    [Fact]
    public void Everybody_may_use_what_needs_a_right_to_a_task_or_none_at_all() => Assert.All(
        AccessPolicy.Methods.Where(method => AccessPolicy.NeededBy(method) != Rights.Start),
        method => Assert.Null(Policy.Refusal(method, Caller("dave"))));

    [Fact]
    public void Nobody_may_use_a_method_that_is_not_in_the_table() =>
        Assert.Contains(
            "has no row", Policy.Refusal("/levity.TaskManager/Else", Caller("adam")), StringComparison.Ordinal);

    [Theory]
    [InlineData("Alice")]
    [InlineData("ALICE")]
    [InlineData("alice ")]
    [InlineData("alic")]
    [InlineData("alice2")]
    [InlineData("alice\0")]
    [InlineData("al\u00adice")]
    [InlineData("\u200balice")]
    [InlineData("аlice")]
    [InlineData("Adam")]
    [InlineData("ADAM")]
    [InlineData("ad\u00adam")]
    [InlineData("аdam")]
    [InlineData("adam\0")]
    [InlineData("")]
    public void A_name_that_is_nearly_another_has_nothing_of_its_rights(string name)
    {
        var task = TaskOf("alice", Share("adam", read: true, signal: true));
        Assert.Equal(Rights.None, Policy.RightsTo(task, Caller(name)));
        Assert.NotNull(Policy.Refusal("/levity.TaskManager/StartTask", Caller(name)));
    }

    [Fact]
    public void Whoever_has_no_rights_has_them_neither_to_somebodys_task_nor_to_none_at_all()
    {
        Assert.Equal(Rights.None, Policy.RightsTo(task: null, Caller("alice")));
        Assert.Equal(Rights.None, Policy.RightsTo(task: null, Caller("bob")));
    }

    private AccessPolicy Policy => new(
        new Roles
        {
            Admins = new HashSet<string> { "adam", "eve" },
            Viewers = new HashSet<string> { "vera", "eve" },
            Starters = new HashSet<string> { "alice" },
        },
        _time);

    private static CallerIdentity Caller(string name) => new(name, DateTimeOffset.MaxValue);

    private static TaskShare Share(
        string user, bool read = false, bool signal = false, bool attach = false, DateTimeOffset? end = null) =>
        new() { User = user, Read = read, Signal = signal, Attach = attach, ExpiresAt = end?.ToTimestamp() };

    private static TaskRecord TaskOf(string owner, params TaskShare[] shares) => new()
    {
        Details = shares.Length > 0 ? new TaskDetails { Shares = { shares } } : null,
        Id = TaskId.New(),
        Owner = owner,
        CreatedAt = DateTimeOffset.UnixEpoch,
        Request = SupervisedTasks.SomeRequest(),
        State = TaskState.Running,
    };

    private static IEnumerable<string> PublicMethods() =>
        Protocol.TaskManager.Descriptor.Methods.Select(method => $"/{method.Service.FullName}/{method.Name}");

    // As the packages really map them, in the versions that we build with.
    private static List<string> BuiltInMethods()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.Services.AddRouting().AddGrpc();
        builder.Services.AddGrpcReflection();
        builder.Services.AddGrpcHealthChecks();
        using var app = builder.Build();
        app.MapGrpcHealthChecksService();
        app.MapGrpcReflectionService();
        return
        [
            .. ((IEndpointRouteBuilder)app).DataSources
                .SelectMany(source => source.Endpoints)
                .Select(endpoint => endpoint.Metadata.GetMetadata<GrpcMethodMetadata>()?.Method.FullName)
                .OfType<string>()
                .Distinct(),
        ];
    }
}
