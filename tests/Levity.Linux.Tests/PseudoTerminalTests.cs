namespace Levity.Linux.Tests;

public sealed class PseudoTerminalTests
{
    [Fact]
    public void What_one_side_writes_the_other_reads_until_nobody_has_it_open()
    {
        var (controlling, terminal) = PseudoTerminal.Create(new WindowSize(30, 90));
        using var ours = controlling;
        var buffer = new byte[16];
        Assert.False(DescriptorIO.TryRead(controlling, buffer, out _));

        using (terminal)
        {
            DescriptorIO.Write(terminal, "a\n"u8);
        }

        Assert.True(DescriptorIO.TryRead(controlling, buffer, out var count));
        Assert.Equal("a\r\n"u8, buffer.AsSpan(0, count));
        Assert.True(DescriptorIO.TryRead(controlling, buffer, out var end));
        Assert.Equal(0, end);
    }

    [Fact]
    public void It_has_the_size_that_it_was_told_last()
    {
        var (controlling, terminal) = PseudoTerminal.Create(new WindowSize(30, 90));
        using var ours = controlling;
        using var theirs = terminal;
        Assert.Equal(new WindowSize(30, 90), WindowSize.Of(terminal));

        new WindowSize(1, ushort.MaxValue).Set(controlling);

        Assert.Equal(new WindowSize(1, ushort.MaxValue), WindowSize.Of(terminal));
    }

    [Fact]
    public void A_shared_side_is_closed_by_its_own_owner()
    {
        var (controlling, terminal) = PseudoTerminal.Create(new WindowSize(30, 90));
        using var ours = controlling;
        using var theirs = terminal;

        PseudoTerminal.Share(controlling).Dispose();

        Assert.Equal((byte)4, PseudoTerminal.EndOfFile(controlling));
        Assert.Null(PseudoTerminal.ForegroundGroup(controlling));
    }

    [Fact]
    public void What_is_no_terminal_has_no_size()
    {
        using var file = DevNull.OpenRead();

        Assert.Equal(Errno.ENOTTY, Assert.Throws<LinuxException>(() => WindowSize.Of(file)).Number);
    }
}
