using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Levity.Daemon.LogStreaming;
using Levity.Daemon.Registry;
using Levity.Daemon.Supervision;
using Levity.Protocol;
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
    TaskEnvironment environment,
    TaskOptions options,
    TimeProvider time)
{
    private readonly ConcurrentDictionary<TaskId, ManagedTask> _tasks = new();

    public IEnumerable<ManagedTask> Unfinished => _tasks.Values.Where(task => !task.IsOver);

    /// <summary>Takes in what is on record, before anything else is asked.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        foreach (var record in await registry.LoadAsync(cancellationToken))
        {
            _tasks[record.Id] = new ManagedTask(record);
        }
    }

    /// <summary>
    /// Starts a task. The intent is durable before the process exists, and when this returns an id the command has been
    /// executed. Throws <see cref="SupervisorUnavailableException"/> or <see cref="RegistryUnavailableException"/>.
    /// </summary>
    public async Task<StartOutcome> StartAsync(string owner, StartTaskRequest request)
    {
        var task = Enter(owner, request);
        var id = task.Record.Id;
        Failpoints.Pass(Failpoint.StartAsked);
        try
        {
            // Not to be abandoned half-way: from here on a caller who hangs up changes nothing.
            await registry.AddAsync(task.Record, CancellationToken.None);
        }
        catch (RegistryUnavailableException)
        {
            _tasks.TryRemove(id, out _);
            throw;
        }

        Failpoints.Pass(Failpoint.StartRecorded);
        var reply = await supervisor.StartChildAsync(environment.Prepare(id, request), CancellationToken.None);
        if (reply.BodyCase == Reply.BodyOneofCase.Failure)
        {
            await ForgetAsync(id);
            return new StartOutcome(id, reply.Failure);
        }

        Failpoints.Pass(Failpoint.StartConfirmed);

        // Running is not written down: the supervisor knows, and it is asked after a restart.
        task.TryMove(TaskState.Running);
        return new StartOutcome(id, Failure: null);
    }

    /// <summary>The task, when it exists and is the caller's: no difference is made between the two.</summary>
    public bool TryFind(TaskId id, string caller, [NotNullWhen(true)] out ManagedTask? task)
    {
        if (!_tasks.TryGetValue(id, out task) || !string.Equals(task.Record.Owner, caller, StringComparison.Ordinal))
        {
            task = null;
        }

        return task is not null;
    }

    public bool TryFind(TaskId id, [NotNullWhen(true)] out ManagedTask? task) => _tasks.TryGetValue(id, out task);

    /// <summary>
    /// Asks a task to stop, and does not wait for that. Throws <see cref="SupervisorUnavailableException"/>.
    /// </summary>
    public Task SignalAsync(ManagedTask task, string caller) => StopAsync(task, caller, options.Grace);

    /// <summary>
    /// Removes a task that is over: first its log and then its record, so that a crash in between leaves something to
    /// remove and never a log that is nobody's. One that is not over is killed before, with <paramref name="force"/>.
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

        return await task.RemoveOnceAsync(() => RemoveAsync(record.Id)) ? RemoveOutcome.Removed : RemoveOutcome.Gone;
    }

    /// <summary>
    /// Writes down how a task ended, and only then says so: an end that was told is never taken back. Endings come
    /// from one place, one at a time for a task. Throws <see cref="RegistryUnavailableException"/>.
    /// </summary>
    public async Task EndAsync(ManagedTask task, ChildEnded ended)
    {
        if (task.IsOver)
        {
            return;
        }

        Failpoints.Pass(Failpoint.ExitHeard);
        var state = TaskEndings.StateOf(ended);
        await registry.UpdateAsync(
            TaskEndings.With(task.Record with { State = state }, ended), CancellationToken.None);
        Failpoints.Pass(Failpoint.ExitRecorded);
        task.TryMove(state, record => TaskEndings.With(record, ended));
    }

    private async Task StopAsync(ManagedTask task, string caller, TimeSpan grace)
    {
        if (task.IsOver)
        {
            return;
        }

        await supervisor.StopChildAsync(
            new StopChild
            {
                TaskId = task.Record.Id.ToString(),
                GraceMs = (long)grace.TotalMilliseconds,
                RequestedBy = caller,
            },
            CancellationToken.None);
        task.TryMove(TaskState.Signalled);
    }

    private async Task RemoveAsync(TaskId id)
    {
        logs.Remove(id.ToString());
        await registry.RemoveAsync(id, CancellationToken.None);
        _tasks.TryRemove(id, out _);
    }

    private async Task ForgetAsync(TaskId id)
    {
        _tasks.TryRemove(id, out _);
        try
        {
            await registry.RemoveAsync(id, CancellationToken.None);
        }
        catch (RegistryUnavailableException)
        {
            // The caller is told why the start failed, which matters more. After a restart the record is settled as
            // lost.
        }
    }

    private ManagedTask Enter(string owner, StartTaskRequest request)
    {
        while (true)
        {
            var task = new ManagedTask(new TaskRecord
            {
                Id = TaskId.New(),
                Owner = owner,
                CreatedAt = time.GetUtcNow(),
                Request = request,
                State = TaskState.NotStarted,
            });
            if (_tasks.TryAdd(task.Record.Id, task))
            {
                return task;
            }
        }
    }
}
