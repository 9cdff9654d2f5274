using Levity.Logs.Tests.Fixtures;

namespace Levity.Logs.Tests;

public sealed class LogDirectoryTests : IDisposable
{
    private readonly TemporaryDirectory _logs = new();

    public void Dispose() => _logs.Dispose();

    [Fact]
    public void A_removed_log_is_gone_and_may_be_made_again()
    {
        LogWriter.Create(_logs["a"]).Dispose();
        File.WriteAllBytes(Path.Combine(_logs["a"], "something else"), [1]);

        Assert.True(LogDirectory.Delete(_logs["a"]));

        Assert.False(Path.Exists(_logs["a"]));
        Assert.False(LogDirectory.Delete(_logs["a"]));
        LogWriter.Create(_logs["a"]).Dispose();
    }

    [Fact]
    public void A_link_in_a_log_is_removed_and_not_followed()
    {
        LogWriter.Create(_logs["a"]).Dispose();
        File.WriteAllBytes(_logs["precious"], [1]);
        File.CreateSymbolicLink(Path.Combine(_logs["a"], TestLogs.FirstSegment + ".x"), _logs["precious"]);

        Assert.True(LogDirectory.Delete(_logs["a"]));

        Assert.True(File.Exists(_logs["precious"]));
    }

    [Fact]
    public void Who_reads_a_log_that_is_removed_may_read_on()
    {
        using var writer = LogWriter.Create(_logs["a"]);
        writer.Append(LogStream.Stdout, "x");
        using var reader = TestLogs.Open(_logs["a"]);

        LogDirectory.Delete(_logs["a"]);

        Assert.Equal(
            [LogReadOutcome.Frame, LogReadOutcome.AtEnd], TestLogs.ReadAll(reader).Select(entry => entry.Outcome));
    }
}
