using Grpc.Core;
using Levity.Daemon.Security;
using Levity.Daemon.Supervision;
using Levity.Daemon.Tasks;
using Levity.Protocol;
using TaskManager = Levity.Daemon.Tasks.TaskManager;

namespace Levity.Daemon.Api;

/// <summary>What StreamStats does: rounds, at an interval, of what live tasks use.</summary>
internal sealed class StatsStream(
    TaskManager tasks, TaskMeter meter, TaskExpiry expiry, AccessPolicy policy, CallLifetime lifetime, TimeProvider time)
{
    private const int LargestMessage = 100;

    private static readonly TimeSpan DefaultInterval = TimeSpan.FromSeconds(1);

    /// <param name="request">A sound one.</param>
    /// <param name="found">The task that it names, and what the caller may do with it; null when it names none.</param>
    /// <param name="stream">Where to.</param>
    /// <param name="context">The call's.</param>
    public async Task RunAsync(
        StreamStatsRequest request,
        (ManagedTask Task, Rights Rights)? found,
        IServerStreamWriter<StreamStatsResponse> stream,
        ServerCallContext context)
    {
        var caller = AccessInterceptor.CallerOf(context);
        if (request.Everybody && !policy.MayReadAll(caller))
        {
            throw RpcErrors.MayNotReadAll(caller.Name);
        }

        using var attention = found is { } one && one.Rights.HasFlag(Rights.Own) ? expiry.Reading(one.Task) : null;
        using var call = lifetime.Begin(context, found?.Task);
        using var timer = new PeriodicTimer(request.Interval?.ToTimeSpan() ?? DefaultInterval, time);
        try
        {
            var rounds = new StatsRounds();
            if (request.Once)
            {
                await MeasureAsync(rounds, Asked(request, found?.Task, caller), send: null, call.Token);
                await WaitAsync(timer, found?.Task, call.Token);
            }

            do
            {
                try
                {
                    await MeasureAsync(
                        rounds, Asked(request, found?.Task, caller), message => call.SendAsync(stream, message), call.Token);
                }
                catch (SupervisorUnavailableException) when (!request.Once)
                {
                    // It is being replaced, say. The next round may do better.
                }
            }
            while (!request.Once && await WaitAsync(timer, found?.Task, call.Token));
        }
        catch (OperationCanceledException) when (call.EndedBecause is { } reason)
        {
            throw reason;
        }
    }

    private List<ManagedTask> Asked(StreamStatsRequest request, ManagedTask? task, CallerIdentity caller)
    {
        if (task is not null)
        {
            return task.IsOver ? [] : [task];
        }

        var asked = new List<ManagedTask>();
        foreach (var live in tasks.Unfinished)
        {
            var isOwn = string.Equals(live.Record.Owner, caller.Name, StringComparison.Ordinal);
            if (isOwn)
            {
                expiry.Asked(live);
            }

            if (isOwn || request.Everybody)
            {
                asked.Add(live);
            }
        }

        return asked;
    }

    private async Task MeasureAsync(
        StatsRounds rounds,
        List<ManagedTask> asked,
        Func<StreamStatsResponse, Task>? send,
        CancellationToken cancellationToken)
    {
        rounds.Begin();
        var message = new StreamStatsResponse();
        foreach (var part in asked.Chunk(TaskMeter.Most))
        {
            foreach (var stats in await MeasureAsync(rounds, part, cancellationToken))
            {
                if (message.Stats.Count == LargestMessage)
                {
                    await (send?.Invoke(message) ?? Task.CompletedTask);
                    message = new StreamStatsResponse();
                }

                message.Stats.Add(stats);
            }
        }

        message.RoundComplete = true;
        await (send?.Invoke(message) ?? Task.CompletedTask);
    }

    private async Task<IEnumerable<TaskStats>> MeasureAsync(
        StatsRounds rounds, ManagedTask[] part, CancellationToken cancellationToken)
    {
        var (measured, failure) = await meter.MeasureAsync(part, cancellationToken);
        return failure is null
            ? part.SelectMany(task => measured.TryGetValue(task.Record.Id.ToString(), out var child)
                ? [rounds.Enter(task.Record, child)]
                : Array.Empty<TaskStats>())
            : throw RpcErrors.NotMeasured(failure);
    }

    // True for another round; false when the task is over.
    private static async Task<bool> WaitAsync(PeriodicTimer timer, ManagedTask? task, CancellationToken cancellationToken)
    {
        if (task is null)
        {
            return await timer.WaitForNextTickAsync(cancellationToken);
        }

        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var tick = timer.WaitForNextTickAsync(either.Token).AsTask();
        var end = task.WhenOverAsync(either.Token);
        await Task.WhenAny(tick, end);
        await either.CancelAsync();
        await Task.WhenAll(tick, end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
        return !task.IsOver;
    }
}
