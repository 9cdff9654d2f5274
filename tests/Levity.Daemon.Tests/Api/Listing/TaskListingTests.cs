using Google.Protobuf.WellKnownTypes;
using Levity.Daemon.Api;
using Levity.Daemon.Registry;
using Levity.Daemon.Security;
using Levity.Daemon.Tests.Fakes;
using Levity.Protocol;

namespace Levity.Daemon.Tests.Api.Listing;

/// <summary>What ListTasks tells whom, page by page.</summary>
public sealed class TaskListingTests : IAsyncLifetime
{
    private static readonly Ending SomeEnding = new() { EndedAt = new Timestamp { Seconds = 1_700_000_000 } };

    private readonly FakeApplication _application = new();
    private readonly SupervisedTasks _world = new(inactivityTimeout: TimeSpan.FromHours(100));
    private TaskService _service = null!;

    public ValueTask InitializeAsync()
    {
        _service = _world.NewService(
            _application, new Roles { Viewers = new HashSet<string> { "vera" }, Admins = new HashSet<string> { "adam" } });
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _world.DisposeAsync();
        _application.Dispose();
    }

    [Fact]
    public async Task The_newest_come_first_page_by_page_and_each_once_whatever_comes_and_goes_meanwhile()
    {
        var ids = await LoadManyAsync(250);
        var seen = new List<string>();
        var request = new ListTasksRequest { PageSize = 20 };
        do
        {
            var page = await ListAsync(request);
            seen.AddRange(page.Tasks.Select(task => task.TaskId.Id));
            request.PageToken = page.NextPageToken;
            if (seen.Count == 100)
            {
                // The one that the next page begins after, one that was told, one that was not, and new ones.
                await RemoveAsync(ids[^100]);
                await RemoveAsync(ids[^10]);
                await RemoveAsync(ids[100]);
                await _world.StartAsync();
                await _world.StartAsync();
            }
        }
        while (request.PageToken.Length > 0);

        Assert.Equal(ids.AsEnumerable().Reverse().Where(id => id != ids[100]).Select(id => id.ToString()), seen);
    }

    [Fact]
    public async Task The_oldest_come_first_when_they_are_asked_for_and_a_page_is_a_hundred_unless_somebody_says_so()
    {
        var ids = await LoadManyAsync(120);

        var page = await ListAsync(new ListTasksRequest { OldestFirst = true });
        var last = await ListAsync(new ListTasksRequest { OldestFirst = true, PageToken = page.NextPageToken });

        Assert.Equal(ids.Take(100).Select(id => id.ToString()), page.Tasks.Select(task => task.TaskId.Id));
        Assert.Equal(ids.Skip(100).Select(id => id.ToString()), last.Tasks.Select(task => task.TaskId.Id));
        Assert.Empty(last.NextPageToken);
        Assert.Equal(120, (await ListAsync(new ListTasksRequest { PageSize = 1_000_000 })).Tasks.Count);
    }

    [Fact]
    public async Task A_page_never_has_more_bytes_than_a_client_takes_and_the_walk_is_complete()
    {
        // Some 8 KiB each.
        var request = SupervisedTasks.SomeRequest();
        for (var i = 0; i < 32; i++)
        {
            request.Labels[$"key-{i}"] = new string('x', 256);
        }

        var ids = await LoadManyAsync(900, request);
        var (seen, list) = (0, new ListTasksRequest { PageSize = 1000 });
        do
        {
            var page = await ListAsync(list);
            Assert.InRange(page.CalculateSize(), 1, 4 * 1024 * 1024);
            seen += page.Tasks.Count;
            list.PageToken = page.NextPageToken;
        }
        while (list.PageToken.Length > 0);

        Assert.Equal(ids.Count, seen);
    }

    [Fact]
    public async Task A_task_is_told_with_its_name_its_labels_and_the_beginning_of_its_command()
    {
        var request = new StartTaskRequest
        {
            Binary = "sh",
            Args = { "-c", new string('x', 996) + "\ud83d\ude00", "more" },
            Name = "web",
            Labels = { ["app"] = "shop" },
            Environment = { ["TOKEN"] = "secret" },
        };
        await _world.LoadAsync(TaskState.Running, request: request);

        var task = Assert.Single((await ListAsync(new ListTasksRequest())).Tasks);

        Assert.Equal(("sh", "web", "shop"), (task.Binary, task.Report.Name, task.Report.Labels["app"]));
        Assert.Equal(["-c", new string('x', 995)], task.Args);
        Assert.True(task.ArgsCut);
        Assert.Null(task.Report.Request);
    }

    [Fact]
    public async Task Filters_let_through_what_they_say_and_all_of_them_count()
    {
        var finished = await LoadAsync("alice", TaskState.Finished, name: "web", label: ("app", "a"), ending: SomeEnding);
        var running = await LoadAsync("alice", TaskState.Running, name: "web", label: ("app", "b"));
        var plain = await LoadAsync("alice", TaskState.Running);
        var created = Timestamp.FromDateTimeOffset(_world.Find(running).Record.CreatedAt);
        await LoadAsync("bob", TaskState.Running, name: "web", label: ("app", "a"));

        await AssertListAsync(new TaskFilter(), finished, running, plain);
        await AssertListAsync(new TaskFilter { States = { TaskStatusCode.Running } }, running, plain);
        await AssertListAsync(new TaskFilter { States = { TaskStatusCode.Running, TaskStatusCode.Lost }, Name = "web" }, running);
        await AssertListAsync(new TaskFilter { Name = "web" }, finished, running);
        await AssertListAsync(new TaskFilter { Labels = { new LabelSelector { Key = "app" } } }, finished, running);
        await AssertListAsync(new TaskFilter { Labels = { new LabelSelector { Key = "app", Value = "a" } } }, finished);
        await AssertListAsync(new TaskFilter
        {
            Labels = { new LabelSelector { Key = "app", Value = "a" }, new LabelSelector { Key = "x" } },
        });
        await AssertListAsync(new TaskFilter { IdPrefix = plain.ToString()[..12] }, plain);
        await AssertListAsync(new TaskFilter { CreatedSince = created }, running, plain);
        await AssertListAsync(new TaskFilter { CreatedBefore = created }, finished);
        await AssertListAsync(new TaskFilter { EndedSince = SomeEnding.EndedAt }, finished);
        await AssertListAsync(new TaskFilter { EndedSince = new Timestamp { Seconds = 1_700_000_001 } });
        await AssertListAsync(new TaskFilter { Owner = "bob" });
    }

    [Fact]
    public async Task Each_caller_is_told_of_what_they_may_read_and_of_their_own_unless_they_ask_for_more()
    {
        var mine = await LoadAsync("alice", TaskState.Running);
        var read = await LoadAsync("bob", TaskState.Running);
        var signal = await LoadAsync("bob", TaskState.Running);
        var foreign = await LoadAsync("carol", TaskState.Running);
        await ShareAsync(read, read: true);
        await ShareAsync(signal, read: false);
        var all = new TaskFilter { AllOwners = true };

        await AssertListAsync(new TaskFilter(), mine);
        await AssertListAsync(all, mine, read);
        await AssertListAsync(new TaskFilter { Owner = "bob" }, read);
        await AssertListAsync(new TaskFilter { AllOwners = true, IdPrefix = foreign.ToString() });
        await AssertListAsync("vera", new TaskFilter());
        await AssertListAsync("vera", all, mine, read, signal, foreign);
        await AssertListAsync("adam", new TaskFilter { Owner = "carol" }, foreign);

        // From its end on, a share lists nothing.
        _world.Time.Advance(TimeSpan.FromHours(1));
        await AssertListAsync(all, mine);
    }

    [Fact]
    public async Task A_list_keeps_no_task_from_expiring()
    {
        var task = await _world.StartAsync();
        await _service.QueryTask(new QueryTaskRequest { TaskId = new TaskHandle { Id = $"{task.Record.Id}" } }, Call("alice"));
        _world.Time.Advance(TimeSpan.FromHours(10));

        var listed = Assert.Single((await ListAsync(new ListTasksRequest())).Tasks);

        Assert.Equal(_world.Time.GetUtcNow() + TimeSpan.FromHours(90), listed.Report.ExpiresAt.ToDateTimeOffset());
    }

    private Task AssertListAsync(TaskFilter filter, params TaskId[] expected) => AssertListAsync("alice", filter, expected);

    private async Task AssertListAsync(string caller, TaskFilter filter, params TaskId[] expected)
    {
        var page = await ListAsync(new ListTasksRequest { Filter = filter, OldestFirst = true }, caller);

        Assert.Equal(expected.Select(id => id.ToString()), page.Tasks.Select(task => task.TaskId.Id));
    }

    private Task<ListTasksResponse> ListAsync(ListTasksRequest request, string caller = "alice") =>
        _service.ListTasks(request, Call(caller, "ListTasks"));

    private Task ShareAsync(TaskId id, bool read) => _service.ShareTask(
        new ShareTaskRequest
        {
            TaskId = new TaskHandle { Id = id.ToString() },
            User = "alice",
            Read = read,
            Signal = !read,
            ValidFor = TimeSpan.FromHours(1).ToDuration(),
        },
        Call("bob", "ShareTask"));

    private async Task RemoveAsync(TaskId id) => await _service.RemoveTask(
        new RemoveTaskRequest { TaskId = new TaskHandle { Id = id.ToString() } }, Call("alice", "RemoveTask"));

    private async Task<List<TaskId>> LoadManyAsync(int count, StartTaskRequest? request = null)
    {
        var ids = new List<TaskId>();
        for (var i = 0; i < count; i++)
        {
            ids.Add(NewRecord("alice", TaskState.Finished, request));
        }

        await _world.Tasks.LoadAsync(TestContext.Current.CancellationToken);
        _world.Tasks.PutInOrder();
        return ids;
    }

    private async Task<TaskId> LoadAsync(
        string owner, TaskState state, string? name = null, (string Key, string Value)? label = null, Ending? ending = null)
    {
        var request = SupervisedTasks.SomeRequest();
        if (name is not null)
        {
            request.Name = name;
        }

        if (label is { } one)
        {
            request.Labels[one.Key] = one.Value;
        }

        _world.Registry.Durable.Clear();
        var id = NewRecord(owner, state, request, ending);
        await _world.Tasks.LoadAsync(TestContext.Current.CancellationToken);
        _world.Tasks.PutInOrder();
        return id;
    }

    // Each a second after the one before.
    private TaskId NewRecord(string owner, TaskState state, StartTaskRequest? request = null, Ending? ending = null)
    {
        _world.Time.Advance(TimeSpan.FromSeconds(1));
        var record = new TaskRecord
        {
            Id = TaskId.New(),
            Owner = owner,
            CreatedAt = _world.Time.GetUtcNow(),
            Request = request ?? SupervisedTasks.SomeRequest(),
            State = state,
            Ending = ending,
        };
        _world.Registry.Durable[record.Id] = record;
        return record.Id;
    }

    private FakeCall Call(string caller, string method = "QueryTask") => new(
        new CallerIdentity(caller, _world.Time.GetUtcNow().AddYears(1)), TestContext.Current.CancellationToken, method: method);
}
