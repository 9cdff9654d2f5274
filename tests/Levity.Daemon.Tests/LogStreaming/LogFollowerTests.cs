using System.Text;
using System.Threading.Channels;
using Levity.Daemon.LogStreaming;
using Levity.Logs;

namespace Levity.Daemon.Tests.LogStreaming;

public sealed class LogFollowerTests : IDisposable
{
    private const string Id = "d85b1407-351d-4694-9392-03acc5870eb1";

    private readonly TemporaryDirectory _logs = new();
    private readonly Channel<ulong> _watches = Channel.CreateUnbounded<ulong>();
    private readonly LogTail _tail;
    private readonly LogFollower _follower;
    private Action _watched = () => { };
    private bool _isOver;

    public LogFollowerTests()
    {
        _tail = new LogTail((_, cursor) =>
        {
            _watched();
            _watches.Writer.TryWrite(cursor);
        });
        _follower = new LogFollower(_logs.Path, _tail);
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _logs.Dispose();

    [Fact]
    public void A_task_without_a_log_has_no_reader()
    {
        Assert.Null(_follower.Open(Id, cursor: 0));
        Assert.Null(_follower.Open(Id, cursor: 1));
    }

    [Fact]
    public void A_cursor_that_nobody_gave_out_is_refused()
    {
        using var log = new TestLog(_logs.Path, Id).Write("some bytes");

        foreach (var cursor in new[] { log.End - 1, log.End + 1, ulong.MaxValue })
        {
            Assert.Throws<InvalidCursorException>(() => _follower.Open(Id, cursor));
        }
    }

    [Fact]
    public void A_file_that_is_no_log_is_told_from_a_log_that_is_not_there()
    {
        using (new TestLog(_logs.Path, Id))
        {
        }

        var segment = Assert.Single(Directory.GetFiles(_logs[Id]));
        using (var file = File.OpenWrite(segment))
        {
            file.Write("this is not what a segment begins with, however long one looks at it"u8);
        }

        Assert.Throws<InvalidDataException>(() => _follower.Open(Id, cursor: 0));
    }

    [Fact]
    public async Task What_is_there_is_read_and_without_following_that_is_all()
    {
        using var log = new TestLog(_logs.Path, Id).Write("one").Write("two", LogStream.Stderr);

        Assert.Equal(["Stdout one", "Stderr two"], await ReadAsync(follow: false));
        Assert.False(_watches.Reader.TryRead(out _));
    }

    [Fact]
    public async Task A_sealed_log_ends_in_its_seal_followed_or_not()
    {
        using var log = new TestLog(_logs.Path, Id).Write("one").Seal();

        Assert.Equal(["Stdout one", "sealed"], await ReadAsync(follow: false));
        Assert.Equal(["Stdout one", "sealed"], await ReadAsync(follow: true));
    }

    [Fact]
    public async Task Who_follows_gets_what_is_written_later_until_the_seal()
    {
        using var log = new TestLog(_logs.Path, Id).Write("one");
        var following = ReadAsync(follow: true);

        Assert.Equal(log.End, await NextWatchAsync());
        log.Write("two").Write("three");
        _tail.Advance(Id, log.End);
        Assert.Equal(log.End, await NextWatchAsync());
        log.Seal();
        _tail.Advance(Id, 0);

        Assert.Equal(["Stdout one", "Stdout two", "Stdout three", "sealed"], await Soon.Async(following));
    }

    [Fact]
    public async Task Being_woken_for_nothing_is_not_the_end()
    {
        using var log = new TestLog(_logs.Path, Id).Write("one");
        var following = ReadAsync(follow: true);

        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(log.End, await NextWatchAsync());
            _tail.WakeAll();
        }

        await NextWatchAsync();
        Assert.False(following.IsCompleted);
        log.Seal();
        _tail.Wake(Id);
        Assert.Equal(["Stdout one", "sealed"], await Soon.Async(following));
    }

    [Fact]
    public async Task A_log_that_could_not_be_sealed_ends_with_its_task()
    {
        using var log = new TestLog(_logs.Path, Id).Write("one");
        var following = ReadAsync(follow: true);
        await NextWatchAsync();

        log.Write("the last words");
        _isOver = true;
        _tail.Wake(Id);

        Assert.Equal(["Stdout one", "Stdout the last words", "over"], await Soon.Async(following));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_end_between_the_look_and_the_wait_is_not_missed(bool isSealed)
    {
        // The supervisor has been told to forget the task: it answers no watch any more, and nobody wakes.
        using var log = new TestLog(_logs.Path, Id).Write("one");
        _watched = () =>
        {
            log.Write("the last words");
            _ = isSealed ? log.Seal() : log;
            _isOver = true;
        };

        string[] all = ["Stdout one", "Stdout the last words", isSealed ? "sealed" : "over"];
        Assert.Equal(all, await Soon.Async(ReadAsync(follow: true)));
    }

    [Fact]
    public async Task From_each_cursor_that_was_given_out_reading_goes_on_right_there()
    {
        using var log = new TestLog(_logs.Path, Id).Write("one").Write("two").Write("three").Seal();
        var cursors = new List<ulong> { 0 };
        using var reader = _follower.Open(Id, cursor: 0)!;
        await foreach (var (_, frame) in _follower.ReadAsync(Id, reader, follow: false, () => _isOver, Cancelled))
        {
            cursors.Add(frame.Next.Position);
        }

        string[] all = ["Stdout one", "Stdout two", "Stdout three", "sealed"];
        for (var i = 0; i < cursors.Count; i++)
        {
            Assert.Equal(all[Math.Min(i, 3)..], await ReadAsync(follow: true, cursors[i]));
        }
    }

    [Fact]
    public async Task A_follower_may_give_up()
    {
        using var log = new TestLog(_logs.Path, Id).Write("one");
        using var impatient = new CancellationTokenSource();
        var following = ReadAsync(follow: true, cancellationToken: impatient.Token);
        await NextWatchAsync();

        await impatient.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Soon.Async(following));
    }

    private async Task<List<string>> ReadAsync(
        bool follow, ulong cursor = 0, CancellationToken? cancellationToken = null)
    {
        using var reader = _follower.Open(Id, cursor)!;
        var read = new List<string>();
        await foreach (var (outcome, frame) in _follower.ReadAsync(
            Id, reader, follow, () => _isOver, cancellationToken ?? Cancelled))
        {
            Assert.True(outcome is LogReadOutcome.Frame or LogReadOutcome.Sealed or LogReadOutcome.AtEnd);
            read.Add(outcome == LogReadOutcome.Sealed ? "sealed"
                : outcome == LogReadOutcome.AtEnd ? "over"
                : $"{frame.Stream} {Encoding.UTF8.GetString(frame.Payload.Span)}");
        }

        return read;
    }

    private Task<ulong> NextWatchAsync() => Soon.Async(_watches.Reader.ReadAsync(Cancelled).AsTask());
}
