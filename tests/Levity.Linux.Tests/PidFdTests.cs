namespace Levity.Linux.Tests;

public sealed class PidFdTests
{
    [Fact]
    public void We_are_alive_and_may_signal_ourselves()
    {
        using var own = PidFd.TryOpen(Environment.ProcessId);

        Assert.NotNull(own);
        Assert.False(own.WaitForEnd(0));
        Assert.True(own.TrySignal(0));
        Assert.Equal(Errno.EINVAL, Assert.Throws<LinuxException>(() => own.TrySignal(99)).Number);
    }

    [Fact]
    public void Nobody_has_the_largest_number()
    {
        Assert.Null(PidFd.TryOpen(int.MaxValue));
    }
}
