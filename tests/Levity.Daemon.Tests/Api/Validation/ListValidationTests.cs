using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Levity.Daemon.Api.Validation;
using Levity.Protocol;

namespace Levity.Daemon.Tests.Api.Validation;

/// <summary>Names, labels, and what tasks are looked for by.</summary>
public sealed class ListValidationTests
{
    [Fact]
    public void What_makes_sense_passes()
    {
        RequestValidation.Check(new ListTasksRequest());
        RequestValidation.Check(new WatchTasksRequest());
        RequestValidation.Check(new ListTasksRequest
        {
            Filter = new TaskFilter
            {
                States = { TaskStatusCode.NotStarted, TaskStatusCode.Lost },
                Labels = { new LabelSelector { Key = "app" }, new LabelSelector { Key = "a/b", Value = "" } },
                Name = "web",
                IdPrefix = "3",
                Owner = "bob",
                CreatedSince = new Timestamp(),
                CreatedBefore = new Timestamp { Nanos = 1 },
                EndedSince = new Timestamp(),
            },
            PageSize = int.MaxValue,
        });
        RequestValidation.Check(Start("web", ("app", ""), ("a/b", new string('x', 256))));
    }

    [Fact]
    public void As_many_and_as_long_as_there_may_be_pass()
    {
        RequestValidation.Check(Start("web", [(new string('k', 64), ""), .. Enumerable.Range(1, 31).Select(i => ($"k{i}", ""))]));
        RequestValidation.Check(new ListTasksRequest
        {
            Filter = new TaskFilter
            {
                States = { new TaskStatusCode[32] },
                Labels = { Enumerable.Range(0, 32).Select(_ => new LabelSelector { Key = "a" }) },
            },
        });
    }

    [Fact]
    public void A_time_may_be_given_without_the_other()
    {
        RequestValidation.Check(new ListTasksRequest { Filter = new TaskFilter { CreatedSince = new Timestamp() } });
        RequestValidation.Check(new ListTasksRequest { Filter = new TaskFilter { CreatedBefore = new Timestamp() } });
    }

    [Theory]
    [InlineData("ada", "'ada' could be the beginning of a task's id")]
    [InlineData("CAFE", "'CAFE' could be the beginning")]
    [InlineData("", "'' is no name of a task")]
    [InlineData("a b", "'a b' is no name of a task")]
    [InlineData("w\u001b[2J", "'w\\u001b[2J' is no name of a task")]
    public void A_name_that_could_be_mistaken_is_refused(string name, string problem)
    {
        AssertRefused($"name: {problem}", () => RequestValidation.Check(Start(name)));
        AssertRefused(
            $"filter.name: {problem}",
            () => RequestValidation.Check(new ListTasksRequest { Filter = new TaskFilter { Name = name } }));
    }

    [Theory]
    [InlineData("", "x", "labels: '' is no key of a label")]
    [InlineData("a b", "x", "labels: 'a b' is no key of a label")]
    [InlineData("-a", "x", "labels: '-a' is no key of a label")]
    [InlineData("app", "x\n", "labels[app]: 'x\\u000a' has a control character")]
    public void A_label_that_is_none_is_refused(string key, string value, string problem) =>
        AssertRefused(problem, () => RequestValidation.Check(Start("web", (key, value))));

    [Fact]
    public void Labels_have_their_limits()
    {
        AssertRefused(
            "labels[app]: has 258 bytes; at most 256 are possible",
            () => RequestValidation.Check(Start("web", ("app", new string('\u00e4', 129)))));
        AssertRefused("labels: '", () => RequestValidation.Check(Start("web", (new string('k', 65), ""))));
        AssertRefused(
            "labels: there are 33; at most 32 are possible",
            () => RequestValidation.Check(Start("web", [.. Enumerable.Range(0, 33).Select(i => ($"k{i}", ""))])));
    }

    [Theory]
    [InlineData("3F")]
    [InlineData("")]
    [InlineData("web")]
    [InlineData("../x")]
    public void What_no_id_begins_with_is_refused(string prefix) => AssertRefused(
        $"filter.id_prefix: '{prefix}' is not the beginning",
        () => RequestValidation.Check(new ListTasksRequest { Filter = new TaskFilter { IdPrefix = prefix } }));

    [Theory]
    [InlineData("x")]
    [InlineData("AQAAAAAAAAAA")]
    [InlineData("AgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("Af__________AAAAAAAAAAAAAAAAAAAAAA")]
    public void A_token_that_is_none_of_ours_is_refused(string token) => AssertRefused(
        "page_token: '", () => RequestValidation.Check(new ListTasksRequest { PageToken = token }));

    [Fact]
    public void Other_fields_are_named_as_well()
    {
        AssertRefused("page_size: -1 is below zero", () => RequestValidation.Check(new ListTasksRequest { PageSize = -1 }));
        Refuse("filter.states: 77 is not a state", filter => filter.States.Add((TaskStatusCode)77));
        Refuse("filter.states: has more than 32", filter => filter.States.AddRange(new TaskStatusCode[33]));
        Refuse("filter.states: has more than 32", filter =>
        {
            filter.States.AddRange(new TaskStatusCode[33]);
            filter.Labels.AddRange(Enumerable.Range(0, 32).Select(_ => new LabelSelector { Key = "a" }));
        });
        Refuse("filter.labels: has more than 32", filter => filter.Labels.AddRange(
            Enumerable.Range(0, 33).Select(_ => new LabelSelector { Key = "a" })));
        Refuse("filter.labels: '=' is no key", filter => filter.Labels.Add(new LabelSelector { Key = "=" }));
        Refuse("filter.owner: 'a/b' is no name of a user", filter => filter.Owner = "a/b");
        Refuse("filter.created_since: ", filter => filter.CreatedSince = new Timestamp { Nanos = -1 });
        Refuse("filter.created_before: ", filter => filter.CreatedBefore = new Timestamp { Nanos = 1_000_000_000 });
        Refuse("filter.ended_since: ", filter => filter.EndedSince = new Timestamp { Seconds = long.MaxValue });
        Refuse("filter.created_before: is not after", filter =>
            (filter.CreatedSince, filter.CreatedBefore) = (new Timestamp(), new Timestamp()));
        AssertRefused("ended_since: ", () => RequestValidation.Check(
            new WatchTasksRequest { EndedSince = new Timestamp { Nanos = -1 } }));
    }

    private static void Refuse(string problem, Action<TaskFilter> spoil)
    {
        var filter = new TaskFilter();
        spoil(filter);
        AssertRefused(problem, () => RequestValidation.Check(new ListTasksRequest { Filter = filter }));
        AssertRefused(problem, () => RequestValidation.Check(new WatchTasksRequest { Filter = filter }));
    }

    private static StartTaskRequest Start(string name, params (string Key, string Value)[] labels)
    {
        var request = new StartTaskRequest { Binary = "true", Name = name };
        foreach (var (key, value) in labels)
        {
            request.Labels[key] = value;
        }

        return request;
    }

    private static void AssertRefused(string problem, Action check)
    {
        var refusal = Assert.Throws<RpcException>(check).Status;

        Assert.Equal(StatusCode.InvalidArgument, refusal.StatusCode);
        Assert.StartsWith(problem, refusal.Detail, StringComparison.Ordinal);
    }
}
