using Levity.Logs;
using Levity.Protocol;
using Levity.Supervisor.Tests.Fixtures;

namespace Levity.Supervisor.Tests.Children;

public sealed class OutputTests : SupervisorTests
{
    [Theory]
    [InlineData(0ul, 0)]
    [InlineData(1ul << 20, 1)]
    public async Task A_log_is_kept_within_its_quota_and_all_of_it_without_one(ulong quota, int gaps)
    {
        const int written = 20_000_000;
        var command = SupervisorUnderTest.Command(TaskId.New(), "head", "-c", $"{written}", "/dev/zero");
        command.LogQuotaBytes = quota;
        await Client.StartAsync(command);
        await Client.NextEndingAsync();

        var log = Supervisor.LogOf(command.TaskId);
        var length = Directory.EnumerateFiles(log).Sum(file => new FileInfo(file).Length);
        Assert.InRange(length, 0, quota == 0 ? long.MaxValue : (long)quota);
        Assert.Equal(((ulong)written, gaps), Count(log));
    }

    private static (ulong Bytes, int Gaps) Count(string log)
    {
        var (bytes, gaps) = (0ul, 0);
        Assert.Equal(LogOpenOutcome.Opened, LogReader.Open(log, LogCursor.Start, out var reader));
        using (reader)
        {
            while (reader!.ReadNext(out var frame) is var outcome && outcome is LogReadOutcome.Frame or LogReadOutcome.Gap)
            {
                bytes += (ulong)frame.Payload.Length + frame.MissingBytes;
                gaps += outcome == LogReadOutcome.Gap ? 1 : 0;
            }

            Assert.Equal(LogReadOutcome.Sealed, reader.ReadNext(out _));
        }

        return (bytes, gaps);
    }
}
