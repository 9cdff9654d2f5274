using Levity.Daemon.Registry;
using Levity.Daemon.Tasks;
using Levity.Daemon.Tests.Fakes;
using Levity.Protocol;
using Levity.Protocol.Supervisor;

namespace Levity.Daemon.Tests.Tasks;

/// <summary>
/// Everything that can meet in the life of one task, in every order in which it can come: the answer to its start, its
/// exit, the commit of that, the same exit told again, a stop, a new connection of the supervisor, a removal. In each of
/// the orders it is one process with one end, which is shown when it is durable and never changes.
/// </summary>
public sealed class TaskInterleavingTests
{
    private const int ExitCode = 7;

    private enum Step
    {
        Answer,
        Exit,
        Commit,
        ExitAgain,
        Stop,
        Connect,
        Remove,
    }

    [Fact]
    public async Task In_every_order_a_task_is_one_process_with_one_end()
    {
        var orders = Orders([]).ToList();
        foreach (var order in orders)
        {
            try
            {
                await using var life = await Life.BeginAsync();
                foreach (var step in order)
                {
                    await life.TakeAsync(step);
                }

                await life.EndAsync();
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"in the order {string.Join(", ", order)}: {e.Message}", e);
            }
        }

        // 7! orders, of which a sixth has the exit before its commit before its repetition.
        Assert.Equal(840, orders.Count);
    }

    private static IEnumerable<List<Step>> Orders(List<Step> taken)
    {
        var left = Enum.GetValues<Step>().Except(taken).Where(step => step switch
        {
            Step.Commit => taken.Contains(Step.Exit),
            Step.ExitAgain => taken.Contains(Step.Commit),
            _ => true,
        }).ToList();
        return left.Count == 0 ? [taken] : left.SelectMany(step => Orders([.. taken, step]));
    }

    /// <summary>One task, its real levityd, and the supervisor's truth about it.</summary>
    private sealed class Life : IAsyncDisposable
    {
        private readonly SupervisedTasks _tasks;
        private readonly TaskCompletionSource<Reply> _answer = new();
        private readonly TaskCompletionSource _commit = new();
        private readonly Task<StartOutcome> _starting;
        private readonly ManagedTask _task;
        private readonly TaskId _id;
        private TaskRecord? _end;
        private bool _committing;
        private bool _hasExited;
        private bool _removed;

        private Life(SupervisedTasks tasks)
        {
            _tasks = tasks;
            tasks.Supervisor.OnStart = _ => _answer.Task;
            tasks.Registry.BeforeChange = (change, _) => change == "update" ? _commit.Task : Task.CompletedTask;
            _starting = tasks.Tasks.StartAsync(SupervisedTasks.Owner, SupervisedTasks.SomeRequest());
            Assert.True(TaskId.TryParse(tasks.Supervisor.LastStart?.TaskId, out _id));
            _task = tasks.Find(_id);
        }

        private bool IsForgotten => _tasks.Journal.Entries.Contains($"forget {_id}");

        private ChildEnded Ended => new() { TaskId = $"{_id}", ExitCode = ExitCode, EndedAtUnixNs = 1 };

        public static async Task<Life> BeginAsync() => new(await SupervisedTasks.RunningAsync());

        public async Task TakeAsync(Step step)
        {
            switch (step)
            {
                case Step.Answer:
                    _answer.SetResult(ScriptedSupervisor.Started());
                    Assert.Equal(_id, (await Soon.Async(_starting)).Id);
                    break;
                case Step.Exit:
                    (_hasExited, _committing) = (true, true);
                    _tasks.Supervision.ChildEnded(Ended);
                    break;
                case Step.Commit:
                    _committing = false;
                    _commit.SetResult();
                    await _tasks.Journal.WaitForAsync($"forget {_id}");
                    break;
                case Step.ExitAgain:
                    _tasks.Supervision.ChildEnded(Ended);
                    break;
                case Step.Stop:
                    await _tasks.Tasks.StopAsync(_task, SupervisedTasks.Owner);
                    break;
                case Step.Connect:
                    _tasks.Supervision.Connected(NewWelcome());
                    break;
                case Step.Remove:
                    await RemoveAsync();
                    break;
            }

            await NewsAreTakenAsync();
            Check();
        }

        public async Task EndAsync()
        {
            Assert.Equal((TaskState.Finished, ExitCode), (_task.Record.State, _task.Record.ExitCode));
            Assert.Single(_tasks.Journal.Entries, $"start {_id}");

            // With Lost, a task that the supervisor had all the time would have been sealed.
            Assert.DoesNotContain($"seal {_id}", _tasks.Journal.Entries);
            await _tasks.StopAsync();
        }

        public ValueTask DisposeAsync()
        {
            _commit.TrySetResult();
            return _tasks.DisposeAsync();
        }

        private async Task RemoveAsync()
        {
            var wasOver = _task.IsOver;
            var outcome = await _tasks.Tasks.RemoveAsync(
                _task, SupervisedTasks.Owner, force: false, TestContext.Current.CancellationToken);
            Assert.Equal(wasOver ? RemoveResult.Removed : RemoveResult.NotOver, outcome.Result);
            _removed = wasOver;
        }

        // As the supervisor does it: an end is told until it is forgotten.
        private Welcome NewWelcome()
        {
            var welcome = new Welcome();
            if (!_hasExited)
            {
                welcome.Live.Add(new LiveChild { TaskId = $"{_id}", Stopping = _tasks.Supervisor.LastStop is not null });
            }
            else if (!IsForgotten)
            {
                welcome.Ended.Add(Ended);
            }

            return welcome;
        }

        // The end of a task that nobody knows is only forgotten: when it is, all that came before it has been taken.
        private async Task NewsAreTakenAsync()
        {
            if (!_committing)
            {
                var last = TaskId.New();
                _tasks.Supervision.ChildEnded(new ChildEnded { TaskId = $"{last}" });
                await _tasks.Journal.WaitForAsync($"forget {last}");
            }
        }

        private void Check()
        {
            if (_task.IsOver)
            {
                _end ??= _task.Record;
                Assert.Equal(_end, _task.Record);
            }

            Assert.Equal(_removed, !_tasks.Tasks.TryFind(_id, out _));
            Assert.Equal(!_removed, _tasks.Registry.Durable.TryGetValue(_id, out var durable));
            Assert.True(_removed || !_task.IsOver || durable!.State == TaskState.Finished, "shown before it was durable");
        }
    }
}
