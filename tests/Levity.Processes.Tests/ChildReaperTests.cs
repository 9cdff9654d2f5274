using Levity.Linux;
using Levity.Processes.Tests.Fixtures;

namespace Levity.Processes.Tests;

public sealed class ChildReaperTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(137)]
    [InlineData(255)]
    public void A_real_exit_has_its_code_and_no_signal(int code)
    {
        using var process = StartedProcess.Start(ChildProgram.Spec("exit-with", $"{code}"));
        var exit = process.WaitForEnd();

        Assert.Equal((code, null), (exit.ExitCode, exit.Signal));
    }

    [Theory]
    [InlineData(Signals.SIGKILL)]
    [InlineData(Signals.SIGTERM)]
    [InlineData(Signals.SIGABRT)]
    [InlineData(34)]
    public void A_death_by_a_signal_has_its_number_and_no_code(int signo)
    {
        using var process = StartedProcess.Start(Specs.Shell($"kill -{signo} $$"));
        var exit = process.WaitForEnd();

        Assert.Equal((null, signo), (exit.ExitCode, exit.Signal));
    }

    [Fact]
    public void A_child_that_has_ended_is_found_until_it_is_reaped()
    {
        Assert.False(ChildReaper.TryPeek(out _));
        using var process = StartedProcess.Start(Specs.Shell("exit 5"));
        process.WaitUntilEnded();

        Assert.True(ChildReaper.TryPeek(out var first));
        Assert.True(ChildReaper.TryPeek(out var second));
        Assert.Equal((process.Pid, process.Pid), (first, second));

        Assert.Equal(5, process.WaitForEnd().ExitCode);
        Assert.False(ChildReaper.TryPeek(out _));
    }

    [Fact]
    public void A_child_that_is_alive_is_neither_found_nor_reaped()
    {
        using var process = StartedProcess.Start(Specs.Of("/bin/sleep", "1000"));

        Assert.False(ChildReaper.TryPeek(out _));
        Assert.Equal(Errno.EAGAIN, Assert.Throws<LinuxException>(() => ChildReaper.Reap(process.Pid)).Number);
    }

    [Fact]
    public void A_process_that_is_no_child_is_not_reaped()
    {
        Assert.Equal(Errno.ECHILD, Assert.Throws<LinuxException>(() => ChildReaper.Reap(1)).Number);
    }

    [Fact]
    public void The_time_that_a_process_used_is_its_own()
    {
        // Until it has used ten clock ticks, a tenth of a second.
        using var busy = StartedProcess.Start(Specs.Shell(
            "while :; do read -r _ _ _ _ _ _ _ _ _ _ _ _ _ ticks _ </proc/$$/stat; [ $ticks -ge 10 ] && exit 0; done"));
        var usage = busy.WaitForEnd().Usage;

        Assert.InRange(usage.User, TimeSpan.FromMilliseconds(80), TimeSpan.FromMinutes(1));
        Assert.True(usage.System > TimeSpan.Zero);
    }

    [Fact]
    public void Memory_is_that_of_the_largest_process()
    {
        const int mebibyte = 1 << 20;

        // tail keeps the last line, which is all of it.
        using var process = StartedProcess.Start(Specs.Shell("head -c 200M /dev/zero | tail -n 1 >/dev/null"));
        var usage = process.WaitForEnd().Usage;

        Assert.InRange(usage.MaxRssBytes, 200L * mebibyte, 600L * mebibyte);
    }
}
