using Grpc.Core;
using Levity.EndToEnd.Tests.Fixtures;
using Levity.Protocol;
using Levity.Soak.Load;

namespace Levity.Soak.Model;

/// <summary>Carries out operations from several clients at once, and records when each was asked and answered.</summary>
internal sealed class History(LevityServer server, TestClient client, SemaphoreSlim killing)
{
    private const int Clients = 4;

    // Guards the list.
    private readonly Lock _gate = new();
    private readonly List<ModelTask> _tasks = [];
    private long _clock;
    private int _lastToken;

    public int Tasks => _tasks.Count;

    public int Kills { get; private set; }

    /// <summary>The first thing that was not as it must be; null when all was.</summary>
    public async Task<string?> RunAsync(Operation[] operations)
    {
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(async number =>
        {
            for (var i = number; i < operations.Length; i += Clients)
            {
                await DoAsync(operations[i]);
            }
        }));
        var fault = _tasks.Select(task => (task, fault: task.Fault())).FirstOrDefault(pair => pair.fault is not null);
        await Parallel.ForEachAsync(_tasks, async (task, _) => await CleanUpAsync(task));
        return fault.fault is null ? null : $"{fault.fault}\n{fault.task}";
    }

    private async Task DoAsync(Operation operation)
    {
        switch (operation)
        {
            case Operation.Start start:
                await StartAsync(start);
                break;
            case Operation.KillDaemon:
                await KillAsync();
                break;
            case Operation.Query { Pick: var pick } when Picked(pick) is { } task:
                await ObserveAsync(task, operation, async () => AnswerOf(await client.QueryAsync(task.Id)));
                break;
            case Operation.Read { Pick: var pick } when Picked(pick) is { } task:
                await ObserveAsync(task, operation, async () => new Answer(Station.Over, Station.NotStarted)
                {
                    Output = (await client.FetchAsync(task.Id)).Stdout.ToStringUtf8(),
                });
                break;
            case Operation.Signal { Pick: var pick } when Picked(pick) is { } task:
                await ObserveAsync(task, operation, async () =>
                {
                    await client.SignalAsync(task.Id);
                    return new Answer(Station.Over, Station.Signalled);
                });
                break;
            case Operation.Remove { Pick: var pick } when Picked(pick) is { } task:
                await ObserveAsync(task, operation, async () =>
                {
                    await client.RemoveAsync(task.Id);
                    return new Answer(Station.Over, Station.Removed);
                });
                break;
        }
    }

    private async Task ObserveAsync(ModelTask task, Operation operation, Func<Task<Answer>> ask)
    {
        var invoked = Interlocked.Increment(ref _clock);
        Answer? answer;
        try
        {
            answer = await ask();
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.NotFound)
        {
            answer = new Answer(Station.Removed, Station.Removed);
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.FailedPrecondition && operation is Operation.Remove)
        {
            // It was not over.
            answer = new Answer(Station.Signalled, Station.NotStarted);
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.DataLoss)
        {
            // No disk fails here: a task has its log until it goes as a whole, wherever its removal is cut off.
            answer = new Answer(Station.Over, Station.NotStarted) { Output = e.Status.Detail };
        }
        catch (RpcException e) when (e.IsNoAnswer())
        {
            answer = null;
        }

        var completed = Interlocked.Increment(ref _clock);
        task.Add(answer is { } given
            ? new Observation(operation, invoked, completed, given.AtMost, given.AtLeast) { End = given.End, Output = given.Output }
            : new Observation(operation, invoked, completed, Station.Removed, Station.NotStarted) { IsUnanswered = true });
    }

    private async Task StartAsync(Operation.Start start)
    {
        var output = $"model {Interlocked.Increment(ref _lastToken)}\n";
        var script = start.Sleeps ? "echo \"$1\"; exec sleep 300" : $"echo \"$1\"; exit {start.Code}";
        try
        {
            var id = await client.ShellAsync(script, output.TrimEnd('\n'));
            lock (_gate)
            {
                _tasks.Add(new ModelTask(id, output, start));
            }
        }
        catch (RpcException e) when (e.IsNoAnswer())
        {
            // Started or not: nobody knows it by its id, so nobody can be told anything wrong of it.
        }
    }

    private async Task KillAsync()
    {
        await killing.WaitAsync();
        try
        {
            await server.Kill9Async();
            await server.RestartAsync();
            Kills++;
        }
        finally
        {
            killing.Release();
        }
    }

    private async Task CleanUpAsync(ModelTask task) => await Eventually.GetAsync(
        async () =>
        {
            try
            {
                await client.RemoveAsync(task.Id, force: true);
                return task;
            }
            catch (RpcException e)
            {
                return e.StatusCode == StatusCode.NotFound ? task : null;
            }
        },
        () => $"the removal of {task.Id}");

    private ModelTask? Picked(int pick)
    {
        lock (_gate)
        {
            return _tasks.Count == 0 ? null : _tasks[pick % _tasks.Count];
        }
    }

    private static Answer AnswerOf(QueryTaskResponse answer)
    {
        var station = answer.StatusCode switch
        {
            TaskStatusCode.NotStarted => Station.NotStarted,
            TaskStatusCode.Running => Station.Running,
            TaskStatusCode.Signalled => Station.Signalled,
            _ => Station.Over,
        };
        return new Answer(station, station) { End = station == Station.Over ? answer : null };
    }

    private readonly record struct Answer(Station AtMost, Station AtLeast)
    {
        public QueryTaskResponse? End { get; init; }

        public string? Output { get; init; }
    }
}
