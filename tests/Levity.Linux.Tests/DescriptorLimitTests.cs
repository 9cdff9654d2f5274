namespace Levity.Linux.Tests;

public sealed class DescriptorLimitTests
{
    [Fact]
    public void It_can_be_raised_and_given_back()
    {
        var before = DescriptorLimit.RaiseToMaximum();
        try
        {
            Assert.Equal(Limit(hard: true), Limit(hard: false));
        }
        finally
        {
            Assert.True(DescriptorLimit.TrySet(Environment.ProcessId, before));
        }

        Assert.Equal($"{before}", Limit(hard: false));
    }

    [Fact]
    public void It_tells_how_many_more_can_be_opened()
    {
        using var newest = DevNull.OpenRead();

        Assert.True(DescriptorLimit.LeavesRoom(newest, 10));
        Assert.False(DescriptorLimit.LeavesRoom(newest, int.MaxValue));
    }

    [Fact]
    public void A_process_that_is_not_there_has_none()
    {
        Assert.False(DescriptorLimit.TrySet(int.MaxValue, 1024));
    }

    // Max open files            SOFT                 HARD                 files
    private static string Limit(bool hard) => File.ReadLines("/proc/self/limits")
        .Single(line => line.StartsWith("Max open files", StringComparison.Ordinal))
        .Split(' ', StringSplitOptions.RemoveEmptyEntries)[hard ? 4 : 3];
}
