using Levity.Daemon.Api;
using Microsoft.Extensions.Time.Testing;

namespace Levity.Daemon.Tests.Api;

public sealed class ReaderWatchTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private readonly FakeTimeProvider _time = new();
    private int _givenUp;

    [Fact]
    public void A_message_that_waits_for_as_long_as_that_ends_it()
    {
        using var watch = Watch(Limit);
        var sending = watch.WaitAsync(new TaskCompletionSource().Task);

        _time.Advance(Limit - TimeSpan.FromTicks(1));
        Assert.Equal(0, _givenUp);
        _time.Advance(TimeSpan.FromTicks(1));

        Assert.Equal(1, _givenUp);
        Assert.False(sending.IsCompleted);
    }

    [Fact]
    public async Task Each_message_has_all_the_time()
    {
        using var watch = Watch(Limit);
        for (var i = 0; i < 10; i++)
        {
            var sent = new TaskCompletionSource();
            var sending = watch.WaitAsync(sent.Task);
            _time.Advance(Limit - TimeSpan.FromTicks(1));
            sent.SetResult();
            await Soon.Async(sending);
        }

        Assert.Equal(0, _givenUp);
    }

    [Fact]
    public async Task Between_messages_there_may_be_any_time()
    {
        using var watch = Watch(Limit);
        await watch.WaitAsync(Task.CompletedTask);
        _time.Advance(100 * Limit);

        var sent = new TaskCompletionSource();
        var sending = watch.WaitAsync(sent.Task);
        sent.SetResult();
        await Soon.Async(sending);
        _time.Advance(100 * Limit);

        Assert.Equal(0, _givenUp);
    }

    [Fact]
    public void Without_a_limit_a_message_may_wait_for_ever()
    {
        using var watch = Watch(Timeout.InfiniteTimeSpan);
        var sending = watch.WaitAsync(new TaskCompletionSource().Task);

        _time.Advance(TimeSpan.FromDays(3650));

        Assert.Equal(0, _givenUp);
        Assert.False(sending.IsCompleted);
    }

    [Fact]
    public async Task A_message_that_cannot_be_sent_at_all_fails_as_it_did()
    {
        using var watch = Watch(Limit);

        await Assert.ThrowsAsync<InvalidOperationException>(
            () => watch.WaitAsync(Task.FromException(new InvalidOperationException("the request is complete"))));
        var sent = new TaskCompletionSource();
        var sending = watch.WaitAsync(sent.Task);
        sent.SetException(new InvalidOperationException("the request is complete"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => Soon.Async(sending));
        _time.Advance(2 * Limit);

        Assert.Equal(0, _givenUp);
    }

    private ReaderWatch Watch(TimeSpan limit) => new(limit, () => _givenUp++, _time);
}
