using System.Collections.Concurrent;
using Levity.Daemon.LogStreaming;

namespace Levity.Daemon.Tests.LogStreaming;

public sealed class LogTailTests
{
    private readonly ConcurrentQueue<(string Task, ulong Cursor)> _watches = new();
    private readonly LogTail _tail;

    public LogTailTests() => _tail = new LogTail((task, cursor) => _watches.Enqueue((task, cursor)));

    private static Func<bool> Goes => () => false;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_waiter_goes_on_when_the_log_grows()
    {
        var waiting = _tail.WaitAsync("a", 10, Goes, Cancelled);
        Assert.False(waiting.IsCompleted);

        _tail.Advance("a", 11);

        await Soon.Async(waiting);
        Assert.Equal([("a", 10ul)], _watches);
    }

    [Fact]
    public async Task A_thousand_waiters_cost_one_watch_and_are_all_woken()
    {
        var waiting = Enumerable.Range(0, 1000).Select(_ => _tail.WaitAsync("a", 10, Goes, Cancelled)).ToList();

        Assert.Equal([("a", 10ul)], _watches);
        Assert.DoesNotContain(waiting, task => task.IsCompleted);
        _tail.Advance("a", 20);
        await Soon.Async(Task.WhenAll(waiting));
    }

    [Fact]
    public async Task Whoever_waits_again_is_watched_for_again()
    {
        var first = _tail.WaitAsync("a", 10, Goes, Cancelled);
        _tail.Advance("a", 20);
        await Soon.Async(first);

        var second = _tail.WaitAsync("a", 20, Goes, Cancelled);

        Assert.False(second.IsCompleted);
        Assert.Equal([("a", 10ul), ("a", 20ul)], _watches);
        _tail.Advance("a", 30);
        await Soon.Async(second);
    }

    [Fact]
    public async Task A_reader_behind_another_one_goes_on_at_once()
    {
        var ahead = _tail.WaitAsync("a", 100, Goes, Cancelled);

        var behind = _tail.WaitAsync("a", 40, Goes, Cancelled);

        Assert.True(behind.IsCompletedSuccessfully);
        Assert.False(ahead.IsCompleted);
        Assert.Single(_watches);
        _tail.Advance("a", 101);
        await Soon.Async(ahead);
    }

    [Fact]
    public async Task A_reader_ahead_of_another_one_is_woken_by_the_same_growth()
    {
        var behind = _tail.WaitAsync("a", 40, Goes, Cancelled);
        var ahead = _tail.WaitAsync("a", 100, Goes, Cancelled);

        _tail.Advance("a", 50);

        await Soon.Async(Task.WhenAll(behind, ahead));
        Assert.Single(_watches);
    }

    [Fact]
    public async Task Growth_that_is_told_while_the_watch_is_still_being_asked_for_is_not_missed()
    {
        LogTail? tail = null;
        tail = new LogTail((task, cursor) => tail!.Advance(task, cursor + 1));

        await Soon.Async(tail.WaitAsync("a", 10, Goes, Cancelled));
    }

    [Fact]
    public async Task Growth_of_one_log_wakes_nobody_elses_reader()
    {
        var a = _tail.WaitAsync("a", 0, Goes, Cancelled);
        var b = _tail.WaitAsync("b", 0, Goes, Cancelled);

        _tail.Advance("a", 1);
        _tail.Advance("nobody follows this one", 1);
        await Soon.Async(a);

        Assert.False(b.IsCompleted);
        _tail.Wake("b");
        await Soon.Async(b);
    }

    [Fact]
    public async Task After_a_new_connection_all_look_again_and_ask_again()
    {
        Task[] waiting =
        [
            _tail.WaitAsync("a", 5, Goes, Cancelled),
            _tail.WaitAsync("b", 5, Goes, Cancelled),
            _tail.WaitAsync("b", 5, Goes, Cancelled),
        ];

        _tail.WakeAll();
        await Soon.Async(Task.WhenAll(waiting));

        _ = _tail.WaitAsync("a", 5, Goes, Cancelled);
        _ = _tail.WaitAsync("b", 5, Goes, Cancelled);
        Assert.Equal([("a", 5ul), ("b", 5ul), ("a", 5ul), ("b", 5ul)], _watches);
    }

    [Fact]
    public async Task A_waiter_that_gives_up_takes_nobody_with_it()
    {
        using var impatient = new CancellationTokenSource();
        var leaving = _tail.WaitAsync("a", 5, Goes, impatient.Token);
        var staying = _tail.WaitAsync("a", 5, Goes, Cancelled);

        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Soon.Async(leaving));

        Assert.False(staying.IsCompleted);
        _tail.Advance("a", 6);
        await Soon.Async(staying);
    }

    [Fact]
    public async Task When_all_have_given_up_nothing_is_remembered()
    {
        using var impatient = new CancellationTokenSource();
        var leaving = Enumerable.Range(0, 100).Select(i => _tail.WaitAsync("a", (ulong)i, Goes, impatient.Token)).ToList();
        await impatient.CancelAsync();
        await Soon.Async(Task.WhenAll(leaving).ContinueWith(_ => { }, TaskScheduler.Default));
        _watches.Clear();

        // Had the last cursor been kept, this reader would be told that there is something to read.
        var next = _tail.WaitAsync("a", 3, Goes, Cancelled);

        Assert.False(next.IsCompleted);
        Assert.Equal([("a", 3ul)], _watches);
    }

    [Fact]
    public async Task Who_has_given_up_before_waiting_does_not_wait() =>
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => _tail.WaitAsync("a", 0, Goes, new CancellationToken(canceled: true)));

    [Fact]
    public async Task An_end_that_was_told_before_anybody_waited_is_not_waited_for()
    {
        _tail.Wake("a");

        await Soon.Async(_tail.WaitAsync("a", 10, () => true, Cancelled));

        // And whoever comes later begins from nothing.
        Assert.False(_tail.WaitAsync("a", 3, Goes, Cancelled).IsCompleted);
    }

    [Fact]
    public async Task A_watch_that_was_asked_for_by_one_who_left_serves_who_comes_later()
    {
        using var impatient = new CancellationTokenSource();
        var leaving = _tail.WaitAsync("a", 5, Goes, impatient.Token);
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Soon.Async(leaving));
        _tail.Advance("a", 7);

        // The answer found nobody; so it is asked for again, and with an answer to each question all go on.
        var later = _tail.WaitAsync("a", 7, Goes, Cancelled);
        Assert.False(later.IsCompleted);
        Assert.Equal([("a", 5ul), ("a", 7ul)], _watches);
        _tail.Advance("a", 7);
        await Soon.Async(later);
        var again = _tail.WaitAsync("a", 7, Goes, Cancelled);
        Assert.Equal(3, _watches.Count);
        _tail.Advance("a", 9);
        await Soon.Async(again);
    }

    [Fact]
    public async Task A_growing_log_is_read_to_its_end_by_all_whatever_the_timing()
    {
        const ulong end = 2000;
        var log = new GrowingLog();
        var tail = new LogTail(log.Watch);
        log.Answer = tail.Advance;

        var readers = Enumerable.Range(0, 20).Select(_ => Task.Run(
            async () =>
            {
                for (ulong cursor = 0; cursor < end; cursor = log.End)
                {
                    if (log.End == cursor)
                    {
                        await tail.WaitAsync("a", cursor, Goes, Cancelled);
                    }
                }
            },
            Cancelled)).ToList();
        await Task.Run(
            async () =>
            {
                for (ulong i = 0; i < end; i++)
                {
                    log.Grow();
                    await Task.Yield();
                }
            },
            Cancelled);

        await Soon.Async(Task.WhenAll(readers));
    }

    /// <summary>Answers a watch as the supervisor does: once, as soon as the end is after the cursor.</summary>
    private sealed class GrowingLog
    {
        // Guards the other two.
        private readonly Lock _gate = new();
        private ulong _end;
        private ulong? _watched;

        public Action<string, ulong> Answer { get; set; } = (_, _) => { };

        public ulong End
        {
            get
            {
                lock (_gate)
                {
                    return _end;
                }
            }
        }

        public void Watch(string task, ulong cursor) => Change(() => _watched = cursor);

        public void Grow() => Change(() => _end++);

        private void Change(Action change)
        {
            lock (_gate)
            {
                change();
                if (_watched is not { } cursor || _end <= cursor)
                {
                    return;
                }

                _watched = null;
                var end = _end;
                _ = Task.Run(() => Answer("a", end), Cancelled);
            }
        }
    }
}
