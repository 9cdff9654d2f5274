using Levity.Linux;
using Levity.Logs.Tests.Fixtures;

namespace Levity.Logs.Tests;

public sealed class LogRemovalTests : IDisposable
{
    private readonly TemporaryDirectory _logs = new();

    public void Dispose() => _logs.Dispose();

    [Fact]
    public void A_log_is_known_to_be_going_from_the_first_step_to_the_last()
    {
        WriteLog("a");
        WriteLog("b");
        Assert.Empty(LogRemoval.Unfinished(_logs.Path));

        LogRemoval.Begin(_logs.Path, "a");
        Assert.Equal(["a"], LogRemoval.Unfinished(_logs.Path));
        Assert.Equal(LogOpenOutcome.NoSuchLog, LogReader.Open(_logs["a"], default, out _));

        LogRemoval.Empty(_logs.Path, "a");
        Assert.Equal(["a"], LogRemoval.Unfinished(_logs.Path));

        LogRemoval.End(_logs.Path, "a");
        Assert.Empty(LogRemoval.Unfinished(_logs.Path));
        Assert.Equal([_logs["b"]], Directory.GetFileSystemEntries(_logs.Path));
    }

    [Fact]
    public void Each_step_can_be_taken_again()
    {
        WriteLog("a");

        LogRemoval.Begin(_logs.Path, "a");
        LogRemoval.Begin(_logs.Path, "a");
        LogRemoval.Empty(_logs.Path, "a");
        LogRemoval.Begin(_logs.Path, "a");
        LogRemoval.Empty(_logs.Path, "a");
        LogRemoval.End(_logs.Path, "a");
        LogRemoval.End(_logs.Path, "a");

        Assert.Empty(Directory.GetFileSystemEntries(_logs.Path));
    }

    [Fact]
    public void What_is_not_there_is_no_error()
    {
        LogRemoval.Begin(_logs.Path, "a");
        LogRemoval.Empty(_logs.Path, "a");
        LogRemoval.End(_logs.Path, "a");

        Assert.Empty(LogRemoval.Unfinished(_logs["nowhere"]));
    }

    [Fact]
    public void A_link_in_the_place_of_a_log_stays_and_so_does_what_it_leads_to()
    {
        WriteLog("precious");
        Directory.CreateSymbolicLink(_logs["a"], _logs["precious"]);

        var e = Assert.Throws<LinuxException>(() => LogRemoval.Begin(_logs.Path, "a"));

        Assert.Equal(Errno.ENOTDIR, e.Number);
        Assert.Empty(LogRemoval.Unfinished(_logs.Path));
        Assert.NotEmpty(TestLogs.ReadAll(_logs["a/."]));
    }

    [Fact]
    public void Who_reads_a_log_that_is_removed_may_read_on()
    {
        WriteLog("a");
        using var reader = TestLogs.Open(_logs["a"]);

        LogRemoval.Begin(_logs.Path, "a");
        LogRemoval.Empty(_logs.Path, "a");

        Assert.Equal(
            [LogReadOutcome.Frame, LogReadOutcome.AtEnd], TestLogs.ReadAll(reader).Select(entry => entry.Outcome));
    }

    private void WriteLog(string name)
    {
        using var writer = LogWriter.Create(_logs[name]);
        writer.Append(LogStream.Stdout, "x");
    }
}
