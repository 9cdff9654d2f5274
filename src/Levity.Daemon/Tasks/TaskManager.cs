using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Levity.Daemon.LogStreaming;
using Levity.Daemon.Registry;
using Levity.Daemon.Supervision;
using Levity.Protocol;
using Levity.Protocol.Registry;
using Levity.Protocol.Supervisor;

namespace Levity.Daemon.Tasks;

/// <summary>
/// All tasks of this levityd: whose they are, and what may be asked of them. The registry has the truth about tasks
/// that are over, the supervisor about those that are not; this keeps both in memory and in step.
/// </summary>
internal sealed class TaskManager(
    ITaskRegistry registry,
    ISupervisor supervisor,
    TaskLogs logs,
    TaskRemoval removal,
    TaskAccounts environments,
    TaskOptions options,
    Boot boot,
    TimeProvider time)
{
    private readonly ConcurrentDictionary<TaskId, ManagedTask> _tasks = new();
    private readonly RequestKeys _keys = new();
    private readonly TaskNames _names = new();
    private readonly UserAccounts _accounts = new(options.Limits, logs, time);

    /// <summary>A task is over, and that is on record.</summary>
    public event Action<ManagedTask>? Ended;

    public TaskOptions Options => options;

    /// <summary>All of them, without a copy: those that come or go meanwhile may be among them or not.</summary>
    public IEnumerable<ManagedTask> All => _tasks.Select(entry => entry.Value);

    /// <summary>All of them in order.</summary>
    public TaskOrder Order { get; } = new();

    /// <summary>What happens to them, as it happens.</summary>
    public TaskChanges Changes { get; } = new();

    public IEnumerable<ManagedTask> Unfinished => All.Where(task => !task.IsOver);

    /// <summary>
    /// Takes in what is on record, before anything else is asked, and finishes the removals that a crash has cut off.
    /// </summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        foreach (var record in await registry.LoadAsync(cancellationToken))
        {
            var task = new ManagedTask(record);
            _tasks[record.Id] = task;
            _keys.Hold(task);
            _accounts.Enter(task);
            Changes.Follow(task);
            if (!task.IsOver)
            {
                _names.Hold(task);
            }
        }

        await removal.FinishAllAsync(id =>
        {
            if (TryFind(id, out var task))
            {
                Drop(task);
            }
        });
    }

    /// <summary>Puts what was taken in into order. Nobody is served before.</summary>
    public void PutInOrder() => Order.Begin([.. All]);

    /// <summary>
    /// Starts a task, or finds the one that the request's key has started before. The intent is durable before the
    /// process exists, and when this returns an id the command has been executed. Not to be abandoned half-way: a caller
    /// who hangs up changes nothing.
    /// Throws <see cref="SupervisorUnavailableException"/> or <see cref="RegistryUnavailableException"/>.
    /// </summary>
    /// <param name="certificate">By which the owner is known just now, to be noted.</param>
    public async Task<StartOutcome> StartAsync(
        string owner, StartTaskRequest request, StartingCertificate? certificate = null)
    {
        Failpoints.Pass(Failpoint.StartAsked);
        while (true)
        {
            var outcome = new TaskCompletionSource<StartOutcome>(TaskCreationOptions.RunContinuationsAsynchronously);
            var task = new ManagedTask(NewRecord(owner, request, certificate)) { Start = outcome.Task };
            var holder = _keys.Hold(task);
            if (holder == task)
            {
                return await StartFirstAsync(task, outcome);
            }

            if (await StartAgainAsync(holder, request) is { } known)
            {
                return known;
            }
        }
    }

    /// <summary>What a start would do now: what it looks at, without what it changes.</summary>
    public PlannedStart Plan(string owner, StartTaskRequest request)
    {
        var record = NewRecord(owner, request, certificate: null);
        environments.TryFind(record.Details?.Account, out var environment, out var problem);
        var child = environment?.Prepare(record.Id, request);
        if (child is not null)
        {
            TaskBounds.Put(request, options, child);
        }

        return new PlannedStart(
            environments.NameFor(owner),
            child,
            TaskBounds.GraceOf(record, options),
            problem,
            request.HasName ? _names.Find(owner, request.Name)?.Record.Id : null,
            _accounts.Look(owner),
            supervisor.Containment);
    }

    /// <summary>The task, whoever asks.</summary>
    public bool TryFind(TaskId id, [NotNullWhen(true)] out ManagedTask? task) => _tasks.TryGetValue(id, out task);

    /// <summary>
    /// Asks a task to stop, and does not wait for that: within its own grace or the server's, unless another one is given.
    /// Throws <see cref="SupervisorUnavailableException"/>.
    /// </summary>
    public async Task StopAsync(ManagedTask task, string caller, TimeSpan? grace = null)
    {
        if (task.IsOver)
        {
            return;
        }

        await supervisor.StopChildAsync(
            new StopChild
            {
                TaskId = task.Record.Id.ToString(),
                GraceMs = (long)(grace ?? TaskBounds.GraceOf(task.Record, options)).TotalMilliseconds,
                RequestedBy = caller,
            },
            CancellationToken.None);
        task.TryMove(TaskState.Signalled);
    }

    /// <summary>
    /// Sends a task one signal, to its first process or to all of them: null when that was done, otherwise why not.
    /// Throws <see cref="SupervisorUnavailableException"/>.
    /// </summary>
    public async Task<Failure?> SignalAsync(ManagedTask task, int signal, bool tree) => task.IsOver
        ? new Failure { Kind = Failure.Types.Kind.NoProcess }
        : await supervisor.SignalChildAsync(
            new SignalChild { TaskId = task.Record.Id.ToString(), Signal = signal, Tree = tree }, CancellationToken.None);

    /// <summary>
    /// Removes a task that is over, by the steps of <see cref="TaskRemoval"/>. One that is not over is killed before, with
    /// <paramref name="force"/>.
    /// Throws <see cref="SupervisorUnavailableException"/>, <see cref="RegistryUnavailableException"/> or
    /// <see cref="LogNotRemovedException"/>; what had been done by then stays done, and it can be called again.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait for the end of a task that is killed.</param>
    public async Task<RemoveOutcome> RemoveAsync(
        ManagedTask task, string caller, bool force, CancellationToken cancellationToken)
    {
        var record = task.Record;

        // One that is being started just now is not known to the supervisor yet, and could not be stopped there.
        if (force && record.State != TaskState.NotStarted)
        {
            await StopAsync(task, caller, TimeSpan.Zero);
            await task.WhenOverAsync(cancellationToken);
        }

        if (!task.IsOver)
        {
            return RemoveOutcome.NotOver(task.Record.State);
        }

        return await task.RemoveOnceAsync(() => removal.RunAsync(record.Id, () => Drop(task))) ? RemoveOutcome.Removed : RemoveOutcome.Gone;
    }

    /// <summary>
    /// Writes down how a task ended, and only then says so: an end that was told is never taken back. Endings come
    /// from one place, one at a time for a task. One that was never executed, and so never acknowledged, is forgotten
    /// instead, and its key is free. Throws <see cref="RegistryUnavailableException"/>.
    /// </summary>
    public async Task EndAsync(ManagedTask task, ChildEnded ended)
    {
        if (task.IsOver)
        {
            return;
        }

        Failpoints.Pass(Failpoint.ExitHeard);
        if (await WasNeverExecutedAsync(task, ended))
        {
            await ForgetAsync(task);
            return;
        }

        var state = TaskEndings.StateOf(ended);
        await task.ChangeAsync(async () =>
        {
            await registry.UpdateAsync(
                TaskEndings.With(task.Record with { State = state }, ended), CancellationToken.None);
            Failpoints.Pass(Failpoint.ExitRecorded);

            // Before it is shown: whoever sees the end may have another task.
            _accounts.Ended(task);
            return task.TryMove(state, record => TaskEndings.With(record, ended));
        });
        Ended?.Invoke(task);
    }

    /// <summary>How a task ended whose end nobody saw.</summary>
    public ChildEnded LossOf(ManagedTask task) => TaskEndings.Lost(task.Record, boot, time.GetUtcNow());

    // Whoever comes with the same key meanwhile is told the same.
    private async Task<StartOutcome> StartFirstAsync(ManagedTask task, TaskCompletionSource<StartOutcome> outcome)
    {
        try
        {
            outcome.SetResult(await StartAsync(task));
        }
        catch (Exception e)
        {
            outcome.SetException(e);
        }

        return await outcome.Task;
    }

    private async Task<StartOutcome> StartAsync(ManagedTask task)
    {
        var record = task.Record;
        if (!environments.TryFind(record.Details?.Account, out var environment, out var problem))
        {
            _keys.Release(task);
            return new StartOutcome(record.Id, Failure: null) { AccountProblem = problem };
        }

        if (_names.Hold(task) is { } namesake)
        {
            _keys.Release(task);
            return new StartOutcome(record.Id, Failure: null) { NameIsTakenBy = namesake.Record.Id };
        }

        if (_accounts.TryEnter(task) is { } limit)
        {
            _names.Release(task);
            _keys.Release(task);
            return new StartOutcome(record.Id, Failure: null) { OverLimit = limit };
        }

        if (!_tasks.TryAdd(record.Id, task))
        {
            _accounts.Remove(task);
            _names.Release(task);
            _keys.Release(task);
            throw new InvalidOperationException($"the new id {record.Id} is taken");
        }

        Order.Add(task);
        Changes.Follow(task);

        try
        {
            await registry.AddAsync(record, CancellationToken.None);
        }
        catch (RegistryUnavailableException)
        {
            Drop(task);
            throw;
        }

        Failpoints.Pass(Failpoint.StartRecorded);
        var start = environment.Prepare(record.Id, record.Request);
        TaskBounds.Put(record.Request, options, start);
        var reply = await supervisor.StartChildAsync(start, CancellationToken.None);
        if (reply.BodyCase == Reply.BodyOneofCase.Failure)
        {
            await TryForgetAsync(task);
            return new StartOutcome(record.Id, reply.Failure);
        }

        Failpoints.Pass(Failpoint.StartConfirmed);

        // Running is not written down: the supervisor knows, and it is asked after a restart.
        task.TryMove(TaskState.Running);
        return new StartOutcome(record.Id, Failure: null);
    }

    // A start whose key another task has. Null when that one has let go of it: then this one may have it.
    private async Task<StartOutcome?> StartAgainAsync(ManagedTask first, StartTaskRequest request)
    {
        if (first.Start is { IsCompletedSuccessfully: true, Result.IsNothing: true })
        {
            return null;
        }

        if (!first.Record.Request.Equals(request))
        {
            return new StartOutcome(first.Record.Id, Failure: null) { KeyIsTaken = true };
        }

        if (first.Start is { IsCompleted: false } start)
        {
            return await start;
        }

        if (first.Start is { IsCompletedSuccessfully: true, Result.Failure: not null })
        {
            // It failed, and its record could not be removed then.
            await ForgetAsync(first);
            return null;
        }

        // Once the supervisor has been asked the task has another state, or is gone and its key is free.
        return first.Record.State != TaskState.NotStarted
            ? new StartOutcome(first.Record.Id, Failure: null)
            : throw new SupervisorUnavailableException(
                "whether an earlier start with this request_key was executed is not known yet: try again");
    }

    // In another boot a missing log proves nothing: the crash of a machine may have taken it.
    private async Task<bool> WasNeverExecutedAsync(ManagedTask task, ChildEnded ended)
    {
        if (!ended.NeverExecuted || task.Record.BootId != boot.Id)
        {
            return false;
        }

        // A start that is still on its way is refused by the supervisor from now on. It has to see that first, or it would
        // put on record what has been taken off it.
        await ((Task?)task.Start ?? Task.CompletedTask).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return task.Record.State == TaskState.NotStarted;
    }

    private async Task TryForgetAsync(ManagedTask task)
    {
        try
        {
            await ForgetAsync(task);
        }
        catch (RegistryUnavailableException)
        {
            // The caller is told why the start failed, which matters more. The next one with its key tries again, and so
            // does the next settling.
        }
    }

    private async Task ForgetAsync(ManagedTask task)
    {
        await registry.RemoveAsync(task.Record.Id, CancellationToken.None);
        Drop(task);
    }

    private void Drop(ManagedTask task)
    {
        _tasks.TryRemove(task.Record.Id, out _);
        Order.Remove(task);
        _accounts.Remove(task);
        _names.Release(task);
        _keys.Release(task);
        task.Drop();
    }

    private TaskRecord NewRecord(string owner, StartTaskRequest request, StartingCertificate? certificate) => new()
    {
        Id = TaskId.New(),
        Owner = owner,
        CreatedAt = time.GetUtcNow(),
        Request = request,
        RequestKey = request.HasRequestKey ? request.RequestKey : null,
        BootId = boot.Id,
        State = TaskState.NotStarted,
        Details = NewDetails(environments.NameFor(owner), certificate),
    };

    private static TaskDetails? NewDetails(string? account, StartingCertificate? certificate) =>
        account is null && certificate is null ? null : new TaskDetails { Account = account ?? "", Certificate = certificate };
}
