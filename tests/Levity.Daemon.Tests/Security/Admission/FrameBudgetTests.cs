using System.Buffers;
using System.Buffers.Binary;
using Levity.Daemon.Security.Admission;
using Microsoft.Extensions.Time.Testing;

namespace Levity.Daemon.Tests.Security.Admission;

/// <summary>Which frames count, in whatever pieces they come.</summary>
public sealed class FrameBudgetTests
{
    private const byte Data = 0;
    private const byte Headers = 1;
    private const byte Ping = 6;
    private const byte EndStream = 1;

    private readonly FakeTimeProvider _time = new();
    private readonly FrameBudget _budget;

    public FrameBudgetTests()
    {
        _budget = new FrameBudget(_time);
        Assert.True(Pass("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray()));
    }

    [Theory]
    [InlineData(Data, 0, 0)]
    [InlineData(2, 5, 0)]
    [InlineData(4, 0, 0)]
    [InlineData(4, 0, 1)]
    [InlineData(5, 4, 0)]
    [InlineData(Ping, 8, 0)]
    [InlineData(7, 8, 0)]
    [InlineData(9, 0, 0)]
    [InlineData(9, 100, 4)]
    [InlineData(200, 70_000, 0)]
    public void So_many_that_ask_for_nothing_are_passed_and_so_many_a_second_more(byte type, int length, byte flags)
    {
        var frame = Frame(type, length, flags);
        for (var i = 0; i < FrameBudget.Most; i++)
        {
            Assert.True(Pass(frame));
        }

        _time.Advance(TimeSpan.FromSeconds(2));
        for (var i = 0; i < 2 * FrameBudget.PerSecond; i++)
        {
            Assert.True(Pass(frame));
        }

        Assert.False(Pass(frame));
    }

    [Fact]
    public void Who_is_being_sent_something_may_measure_it_with_PINGs_all_the_time()
    {
        for (var i = 0; i < 5 * FrameBudget.Most; i++)
        {
            // The answer to the PING, and a line of a log.
            _budget.Sent(17);
            _budget.Sent(50);
            Assert.True(Pass(Frame(Ping, 8, 0)));
        }
    }

    [Fact]
    public void The_answers_to_PINGs_do_not_pay_for_them()
    {
        var passed = 0;
        while (Pass(Frame(Ping, 8, 0)))
        {
            passed++;
            _budget.Sent(17);
        }

        Assert.InRange(passed, FrameBudget.Most, 3 * FrameBudget.Most);
    }

    [Theory]
    [InlineData(Data, 1, 0)]
    [InlineData(Data, 0, EndStream)]
    [InlineData(Headers, 50, 4)]
    [InlineData(3, 4, 0)]
    [InlineData(8, 4, 0)]
    public void What_calls_are_made_of_does_not_count(byte type, int length, byte flags)
    {
        var frame = Frame(type, length, flags);

        Assert.All(Enumerable.Range(0, 3 * FrameBudget.Most), _ => Assert.True(Pass(frame)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(1000)]
    public void In_whatever_pieces_they_come_the_same_are_counted(int piece)
    {
        // A payload that looks like PINGs is none.
        var call = Frame(Data, 3 * 17, 0);
        for (var at = 9; at < call.Length; at += 17)
        {
            Frame(Ping, 8, 0).CopyTo(call, at);
        }

        byte[] stream = [.. Enumerable.Range(0, FrameBudget.Most).SelectMany(_ => (byte[])[.. call, .. Frame(Ping, 8, 0)])];
        foreach (var part in stream.Chunk(piece))
        {
            Assert.True(Pass(part));
        }

        Assert.False(Pass(Frame(Ping, 8, 0)));
    }

    private bool Pass(byte[] bytes) => _budget.TryPass(new ReadOnlySequence<byte>(bytes));

    private static byte[] Frame(byte type, int length, byte flags)
    {
        var frame = new byte[9 + length];
        frame[0] = (byte)(length >> 16);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(1), (ushort)length);
        frame[3] = type;
        frame[4] = flags;
        return frame;
    }
}
