using System.IO.Pipelines;
using Levity.Daemon.Api;
using Levity.Daemon.Security.Admission;
using Microsoft.Extensions.Time.Testing;

namespace Levity.Daemon.Tests.Api;

/// <summary>What a request holds while it is not whole, and that all of it is given back.</summary>
public sealed class MeteredBodyTests
{
    private const int MiB = 1024 * 1024;

    private readonly HeldBytes _held = new();
    private readonly Pipe _pipe = new(new PipeOptions(pauseWriterThreshold: 0));
    private readonly FakeTimeProvider _time = new();
    private int _ended;

    [Fact]
    public async Task What_is_read_and_left_there_is_held_until_it_is_taken()
    {
        using var body = NewBody();
        await WriteAsync(MiB);
        await ExamineAsync(body);
        await WriteAsync(MiB);
        await ExamineAsync(body);
        AssertHolds(2 * MiB);

        await WriteAsync(1);
        var all = await body.ReadAsync(TestContext.Current.CancellationToken);
        body.AdvanceTo(all.Buffer.End);

        AssertHolds(0);
        Assert.Equal(0, _ended);
    }

    [Fact]
    public async Task What_comes_bit_by_bit_is_waited_for_no_longer_than_what_does_not_come()
    {
        using var body = NewBody();
        for (var second = 0; second < 60; second++)
        {
            Assert.Equal(0, _ended);
            var reading = body.ReadAsync(TestContext.Current.CancellationToken);
            await WriteAsync(1);
            body.AdvanceTo((await reading).Buffer.End);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(1, _ended);
    }

    [Fact]
    public async Task Once_all_is_there_nobody_waits_any_more()
    {
        using var body = NewBody();
        var reading = body.ReadAsync(TestContext.Current.CancellationToken);
        await WriteAsync(1);
        body.AdvanceTo((await reading).Buffer.End);
        await _pipe.Writer.CompleteAsync();
        Assert.True((await body.ReadAsync(TestContext.Current.CancellationToken)).IsCompleted);

        _time.Advance(TimeSpan.FromHours(1));

        Assert.Equal(0, _ended);
    }

    [Fact]
    public async Task What_is_small_does_not_count()
    {
        using var body = NewBody();
        await WriteAsync(64 * 1024);

        await ExamineAsync(body);

        AssertHolds(0);
    }

    [Fact]
    public async Task The_call_is_ended_that_would_be_too_much_and_the_end_of_a_call_gives_all_back()
    {
        Assert.True(_held.TryHold(HeldBytes.Most - MiB));
        var body = NewBody();
        await WriteAsync(MiB);
        await ExamineAsync(body);
        Assert.Equal(0, _ended);

        await WriteAsync(1);
        await ExamineAsync(body);

        Assert.NotEqual(0, _ended);
        body.Dispose();
        body.Dispose();
        AssertHolds(HeldBytes.Most - MiB);
    }

    private MeteredBody NewBody() => new(_pipe.Reader, _held, NewWatch(), () => _ended++);

    private ReaderWatch NewWatch() => new(TimeSpan.FromSeconds(60), () => _ended++, _time);

    private async Task WriteAsync(int bytes) =>
        await _pipe.Writer.WriteAsync(new byte[bytes], TestContext.Current.CancellationToken);

    private static async Task ExamineAsync(MeteredBody body)
    {
        var read = await body.ReadAsync(TestContext.Current.CancellationToken);
        body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
    }

    private void AssertHolds(long bytes)
    {
        Assert.True(_held.TryHold(HeldBytes.Most - bytes), $"more than {bytes} are held");
        Assert.False(_held.TryHold(1), $"less than {bytes} are held");
        _held.Release(HeldBytes.Most - bytes);
    }
}
