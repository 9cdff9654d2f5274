namespace Levity.Linux.Tests;

public sealed class NameTests
{
    [Theory]
    [InlineData(Signals.SIGHUP, "SIGHUP")]
    [InlineData(Signals.SIGKILL, "SIGKILL")]
    [InlineData(Signals.SIGTERM, "SIGTERM")]
    [InlineData(Signals.SIGSYS, "SIGSYS")]
    [InlineData(0, "signal 0")]
    [InlineData(34, "signal 34")]
    [InlineData(-1, "signal -1")]
    public void A_signal_has_the_name_of_the_manual(int signo, string name)
    {
        Assert.Equal(name, Signals.Name(signo));
    }

    [Theory]
    [InlineData(Errno.ENOENT, "ENOENT (No such file or directory)")]
    [InlineData(Errno.ESTALE, "ESTALE (Stale file handle)")]
    [InlineData(Errno.ETIMEDOUT, "ETIMEDOUT (Connection timed out)")]
    [InlineData(999, "errno 999 (Unknown error 999)")]
    public void An_error_has_its_name_and_what_the_library_says(int errno, string text)
    {
        Assert.Equal(text, Errno.Describe(errno));
    }
}
