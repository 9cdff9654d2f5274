using System.Buffers.Binary;
using System.Net.Sockets;
using CsCheck;
using Google.Protobuf;
using Levity.Protocol.Supervisor;

namespace Levity.Protocol.Tests.Supervisor;

public sealed class MessageConnectionTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Messages_of_many_threads_arrive_whole_and_in_the_order_of_each_thread()
    {
        const int threads = 8, each = 500;
        var (one, other) = await SocketPair.ConnectAsync();
        await using var levityd = new MessageConnection<Reply, Request>(one);
        await using var supervisor = new MessageConnection<Request, Reply>(other);

        var posting = Task.WhenAll(Enumerable.Range(0, threads).Select(thread => Task.Run(
            () =>
            {
                for (var i = 0; i < each; i++)
                {
                    Assert.True(levityd.Post(Numbered(thread, i)));
                }
            },
            Cancelled)));
        var arrived = await supervisor.ReadAllAsync(Cancelled).Take(threads * each).ToListAsync(Cancelled);
        await posting;

        foreach (var ofThread in arrived.GroupBy(request => (int)(request.Id >> 32)))
        {
            Assert.Equal(Enumerable.Range(0, each).Select(i => Numbered(ofThread.Key, i)), ofThread);
        }
    }

    [Fact]
    public async Task Both_directions_work_at_once()
    {
        var (one, other) = await SocketPair.ConnectAsync();
        await using var levityd = new MessageConnection<Reply, Request>(one);
        await using var supervisor = new MessageConnection<Request, Reply>(other);

        var echoing = Task.Run(
            async () =>
            {
                await foreach (var request in supervisor.ReadAllAsync(Cancelled).Take(1000))
                {
                    supervisor.Post(new Reply { Id = request.Id });
                }
            },
            Cancelled);
        for (var i = 0; i < 1000; i++)
        {
            levityd.Post(Numbered(thread: 0, i));
        }

        var answers = await levityd.ReadAllAsync(Cancelled).Take(1000).Select(reply => reply.Id).ToListAsync(Cancelled);
        await echoing;

        Assert.Equal(Enumerable.Range(0, 1000).Select(i => (ulong)i), answers);
    }

    [Fact]
    public async Task A_connection_that_cannot_send_any_more_ends()
    {
        var (one, other) = await SocketPair.ConnectAsync();
        await using var levityd = new MessageConnection<Reply, Request>(one);
        await using var supervisor = new MessageConnection<Request, Reply>(other);
        var reading = levityd.ReadAllAsync(Cancelled).ToListAsync(Cancelled);

        // EPIPE for this side, and nothing amiss with what the other one sends.
        one.Shutdown(SocketShutdown.Send);
        levityd.Post(Numbered(thread: 0, 0));

        Assert.Empty(await reading.AsTask().WaitAsync(Bound, TimeProvider.System, Cancelled));
        Assert.False(levityd.Post(Numbered(thread: 0, 1)));
    }

    [Fact]
    public async Task A_message_of_several_megabytes_arrives()
    {
        var (one, other) = await SocketPair.ConnectAsync();
        await using var levityd = new MessageConnection<Reply, Request>(one);
        await using var supervisor = new MessageConnection<Request, Reply>(other);
        var large = new Request { StartChild = new StartChild { Binary = ByteString.CopyFrom(new byte[5_000_000]) } };

        levityd.Post(large);
        levityd.Post(new Request { Id = 2 });

        Assert.Equal(
            [large, new Request { Id = 2 }], await supervisor.ReadAllAsync(Cancelled).Take(2).ToListAsync(Cancelled));
    }

    [Fact]
    public async Task Messages_may_be_cut_at_any_byte()
    {
        byte[] bytes = [.. Framed(Numbered(1, 1)), .. Framed(new Request()), .. Framed(Numbered(2, 2))];

        for (var cut = 0; cut <= bytes.Length; cut++)
        {
            Assert.Equal(
                [Numbered(1, 1), new Request(), Numbered(2, 2)], await ReceiveAsync([bytes[..cut], bytes[cut..]]));
        }
    }

    [Fact]
    public async Task Messages_may_be_cut_into_any_pieces() =>
        await Gen.Select(Gen.Int[0, 300].Array[0, 6], Gen.Int[1, 40].Array[1, 20]).SampleAsync(
            async (sizes, cuts) =>
            {
                var messages = sizes.Select(size => Numbered(size, size)).ToList();
                var bytes = messages.SelectMany(Framed).ToArray();
                var pieces = new List<byte[]>();
                for (int from = 0, i = 0; from < bytes.Length; from += cuts[i++ % cuts.Length])
                {
                    pieces.Add(bytes[from..Math.Min(bytes.Length, from + cuts[i % cuts.Length])]);
                }

                return messages.SequenceEqual(await ReceiveAsync(pieces));
            },
            iter: 50,
            threads: 1);

    [Theory]
    [InlineData(ControlProtocol.MaxMessageLength + 1)]
    [InlineData(int.MaxValue)]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    public async Task An_impossible_length_is_no_message(int length)
    {
        var prefix = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(prefix, length);

        var e = await Assert.ThrowsAsync<InvalidDataException>(() => ReceiveAsync([prefix]));

        Assert.Contains($"{length}", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bytes_that_are_no_protobuf_are_no_message() =>
        await Assert.ThrowsAsync<InvalidDataException>(
            () => ReceiveAsync([[5, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff]]));

    [Fact]
    public async Task What_came_before_the_garbage_is_still_read()
    {
        var (one, other) = await SocketPair.ConnectAsync();
        await using var supervisor = new MessageConnection<Request, Reply>(other);
        await one.SendAsync((byte[])[.. Framed(Numbered(0, 7)), 0xff, 0xff, 0xff, 0xff], Cancelled);

        await using var arriving = supervisor.ReadAllAsync(Cancelled).GetAsyncEnumerator(Cancelled);

        Assert.True(await arriving.MoveNextAsync());
        Assert.Equal(Numbered(0, 7), arriving.Current);
        await Assert.ThrowsAsync<InvalidDataException>(async () => await arriving.MoveNextAsync());
        one.Dispose();
    }

    [Fact]
    public async Task A_peer_that_closes_in_the_middle_of_a_message_has_not_sent_it()
    {
        var whole = Framed(Numbered(0, 1));

        for (var cut = 1; cut < whole.Length; cut++)
        {
            Assert.Equal([Numbered(0, 0)], await ReceiveAsync([Framed(Numbered(0, 0)), whole[..cut]]));
        }
    }

    [Fact]
    public async Task Reading_can_be_cancelled()
    {
        var (one, other) = await SocketPair.ConnectAsync();
        using var _ = one;
        await using var supervisor = new MessageConnection<Request, Reply>(other);
        using var cancel = new CancellationTokenSource();

        var reading = supervisor.ReadAllAsync(cancel.Token).ToListAsync(Cancelled).AsTask();
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.WaitAsync(Bound, Cancelled));
    }

    [Fact]
    public async Task What_was_posted_before_the_end_arrives_before_the_end()
    {
        var (one, other) = await SocketPair.ConnectAsync();
        await using var supervisor = new MessageConnection<Request, Reply>(other);
        var reading = supervisor.ReadAllAsync(Cancelled).ToListAsync(Cancelled).AsTask();

        await using (var levityd = new MessageConnection<Reply, Request>(one))
        {
            for (var i = 0; i < 2000; i++)
            {
                levityd.Post(Numbered(0, i));
            }
        }

        Assert.Equal(Enumerable.Range(0, 2000).Select(i => Numbered(0, i)), await reading.WaitAsync(Bound, Cancelled));
    }

    [Fact]
    public async Task A_peer_that_does_not_read_cannot_hold_up_the_end()
    {
        var (one, other) = await SocketPair.ConnectAsync();
        using var silent = other;
        var levityd = new MessageConnection<Reply, Request>(one);
        var large = new Request { StartChild = new StartChild { Binary = ByteString.CopyFrom(new byte[100_000]) } };
        for (var i = 0; i < 64; i++)
        {
            levityd.Post(large);
        }

        await levityd.DisposeAsync().AsTask().WaitAsync(Bound, Cancelled);

        Assert.False(levityd.Post(new Request()));
    }

    [Fact]
    public async Task Nothing_is_taken_in_once_the_peer_is_gone()
    {
        var (one, other) = await SocketPair.ConnectAsync();
        await using var levityd = new MessageConnection<Reply, Request>(one);

        other.Dispose();

        // The first write after the peer's end is the one that notices.
        Assert.True(SpinWait.SpinUntil(() => !levityd.Post(new Request { Id = 1 }), Bound));
    }

    [Fact]
    public async Task Ending_it_twice_is_ending_it_once()
    {
        var (one, other) = await SocketPair.ConnectAsync();
        using var _ = other;
        var levityd = new MessageConnection<Reply, Request>(one);

        await levityd.DisposeAsync();
        await levityd.DisposeAsync();

        Assert.False(levityd.Post(new Request()));
    }

    private static Request Numbered(int thread, int i) => new()
    {
        Id = ((ulong)thread << 32) + (ulong)i,
        WatchLog = new WatchLog { TaskId = new string('x', i % 200), Cursor = (ulong)i },
    };

    private static byte[] Framed(Request message)
    {
        var body = message.ToByteArray();
        var framed = new byte[sizeof(int) + body.Length];
        BinaryPrimitives.WriteInt32LittleEndian(framed, body.Length);
        body.CopyTo(framed, sizeof(int));
        return framed;
    }

    /// <summary>What is read of these pieces, each of which is sent once the one before has been taken.</summary>
    private static async Task<List<Request>> ReceiveAsync(IEnumerable<byte[]> pieces)
    {
        var (one, other) = await SocketPair.ConnectAsync();
        await using var supervisor = new MessageConnection<Request, Reply>(other);
        var reading = supervisor.ReadAllAsync(Cancelled).ToListAsync(Cancelled).AsTask();
        using (one)
        {
            foreach (var piece in pieces)
            {
                await one.SendAsync(piece, SocketFlags.None, Cancelled);
                Assert.True(SpinWait.SpinUntil(() => reading.IsCompleted || other.Available == 0, Bound));
            }
        }

        return await reading.WaitAsync(Bound, Cancelled);
    }
}
