using Levity.Client.Calls;
using Microsoft.Extensions.Time.Testing;

namespace Levity.Client.Tests.Calls;

public sealed class ReconnectionTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider _time = new();
    private readonly Reconnection _reconnection;

    public ReconnectionTests() => _reconnection = new Reconnection(Patience, _time);

    [Fact]
    public async Task The_pauses_grow_and_then_stay()
    {
        _reconnection.Lost();

        var pauses = new List<double>();
        for (var i = 0; i < 7; i++)
        {
            pauses.Add(await PauseAsync());
        }

        Assert.Equal([0.1, 0.2, 0.4, 0.8, 1.6, 2, 2], pauses);
    }

    [Fact]
    public async Task Patience_runs_out()
    {
        _reconnection.Connected();
        Assert.True(_reconnection.Lost());

        var total = 0.0;
        while (total < 60 && await PauseAsync() is > 0 and var pause)
        {
            total += pause;
            Assert.False(_reconnection.Lost());
        }

        Assert.InRange(total, 28, 30);
    }

    [Fact]
    public async Task Progress_brings_patience_back()
    {
        _reconnection.Lost();
        while (await PauseAsync() > 0)
        {
        }

        _reconnection.Progress();

        Assert.True(_reconnection.Lost());
        Assert.Equal(0.1, await PauseAsync());
    }

    [Fact]
    public async Task A_connection_that_held_long_was_progress_although_nothing_came()
    {
        _reconnection.Lost();
        while (await PauseAsync() > 0)
        {
        }

        _reconnection.Connected();
        _time.Advance(Patience);

        Assert.True(_reconnection.Lost());
        Assert.Equal(0.1, await PauseAsync());
    }

    [Fact]
    public async Task It_counts_once_only()
    {
        _reconnection.Connected();
        _time.Advance(Patience);
        Assert.True(_reconnection.Lost());

        while (await PauseAsync() > 0)
        {
            Assert.False(_reconnection.Lost());
        }
    }

    [Fact]
    public async Task A_connection_that_breaks_at_once_is_no_progress()
    {
        _reconnection.Lost();
        while (await PauseAsync() > 0)
        {
            _reconnection.Connected();
            Assert.False(_reconnection.Lost());
        }
    }

    /// <returns>How long it paused in seconds; 0 when it did not because patience has run out.</returns>
    private async Task<double> PauseAsync()
    {
        var before = _time.GetUtcNow();
        var pausing = _reconnection.PauseAsync(TestContext.Current.CancellationToken);
        while (!pausing.IsCompleted)
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
        }

        return await pausing ? (_time.GetUtcNow() - before).TotalSeconds : 0;
    }
}
