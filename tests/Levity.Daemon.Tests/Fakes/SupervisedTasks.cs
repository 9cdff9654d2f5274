using Levity.Daemon.Api;
using Levity.Daemon.Api.Listing;
using Levity.Daemon.LogStreaming;
using Levity.Daemon.Registry;
using Levity.Daemon.Security;
using Levity.Daemon.Tasks;
using Levity.Protocol;
using Levity.Protocol.Supervisor;
using TaskManager = Levity.Daemon.Tasks.TaskManager;

namespace Levity.Daemon.Tests.Fakes;

/// <summary>The tasks of a levityd as Hosting puts them together, on a scripted supervisor and registry.</summary>
internal sealed class SupervisedTasks : IAsyncDisposable
{
    public const string Owner = "alice";

    public static readonly Boot Boot = new("this boot");

    private readonly CancellationTokenSource _stop = new();
    private readonly TemporaryDirectory _logs = new();
    private Task _supervising = Task.CompletedTask;

    public SupervisedTasks(
        TimeSpan? inactivityTimeout = null, LimitTable? limits = null, AccountTable? accounts = null)
    {
        Supervisor = new ScriptedSupervisor(Journal);
        Registry = new ScriptedRegistry(Journal);
        Tail = new LogTail(Supervisor.WatchLog);
        var options = new TaskOptions
        {
            Grace = TimeSpan.FromSeconds(7),
            LogQuota = 1234567,
            InactivityTimeout = inactivityTimeout ?? Timeout.InfiniteTimeSpan,
            Limits = limits ?? LimitTable.None,
        };
        var logs = new TaskLogs(_logs.Path);
        Tasks = new TaskManager(
            Registry,
            Supervisor,
            logs,
            new TaskRemoval(logs, Registry, RemovalLogger),
            new TaskAccounts(accounts ?? AccountTable.None),
            options,
            Boot,
            Time);
        Sharing = new TaskSharing(Registry, Time);
        Expiry = new TaskExpiry(Tasks, Registry, options, Time, ExpiryLogger);
        Supervision = new TaskSupervision(Tasks, Supervisor, Tail, options, Time, Logger);
    }

    public Journal Journal { get; } = new();

    public WatchedTime Time { get; } = new();

    public CollectingLogger<TaskSupervision> Logger { get; } = new();

    public CollectingLogger<TaskExpiry> ExpiryLogger { get; } = new();

    public CollectingLogger<TaskRemoval> RemovalLogger { get; } = new();

    public TaskExpiry Expiry { get; }

    public ScriptedSupervisor Supervisor { get; }

    public ScriptedRegistry Registry { get; }

    /// <summary>The directory with the logs.</summary>
    public string Logs => _logs.Path;

    public LogTail Tail { get; }

    public TaskManager Tasks { get; }

    public TaskSharing Sharing { get; }

    public TaskSupervision Supervision { get; }

    /// <summary>With its loop running and its first, empty connection settled.</summary>
    public static async Task<SupervisedTasks> RunningAsync()
    {
        var tasks = new SupervisedTasks();
        tasks.Run();
        tasks.Supervision.Connected(new Welcome());
        await Soon.Async(tasks.Supervision.Settled);
        return tasks;
    }

    public static StartTaskRequest SomeRequest() => new() { Binary = "true" };

    /// <summary>The public API of these tasks.</summary>
    public TaskService NewService(FakeApplication application, Roles? roles = null, StreamOptions? options = null)
    {
        var policy = new AccessPolicy(roles ?? Roles.None, Time);
        var streams = options ?? new StreamOptions();
        var lifetime = new CallLifetime(application, policy, streams, Time);
        var reporter = new TaskReporter(policy, Expiry);
        return new TaskService(
            policy,
            Tasks,
            Sharing,
            Expiry,
            new LogFollower(Logs, Tail),
            new AttachCall(new TaskInput(Supervisor), lifetime, streams, Time),
            lifetime,
            reporter,
            new TaskListing(policy, Tasks, reporter),
            new TaskWatching(policy, Tasks, reporter, lifetime, Time),
            new StatsStream(Tasks, new TaskMeter(Supervisor), Expiry, policy, lifetime, Time));
    }

    public void Run() => _supervising = Supervision.RunAsync(_stop.Token);

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await Soon.Async(_supervising);
    }

    public async Task<ManagedTask> StartAsync()
    {
        var outcome = await Tasks.StartAsync(Owner, SomeRequest());
        Assert.Null(outcome.Failure);
        return Find(outcome.Id);
    }

    public ManagedTask Find(TaskId id)
    {
        Assert.True(Tasks.TryFind(id, out var task));
        return task;
    }

    /// <summary>A task of an earlier levityd, which this one finds on record.</summary>
    public async Task<ManagedTask> LoadAsync(
        TaskState state, string? bootId = null, StartTaskRequest? request = null, DateTimeOffset? askedAt = null)
    {
        var record = new TaskRecord
        {
            Id = TaskId.New(),
            Owner = Owner,
            CreatedAt = Time.GetUtcNow(),
            AskedAt = askedAt,
            Request = request ?? SomeRequest(),
            RequestKey = request is { HasRequestKey: true } ? request.RequestKey : null,
            BootId = bootId,
            State = state,
        };
        Registry.Durable[record.Id] = record;
        await Tasks.LoadAsync(TestContext.Current.CancellationToken);
        Tasks.PutInOrder();
        return Find(record.Id);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
        _logs.Dispose();
    }
}
