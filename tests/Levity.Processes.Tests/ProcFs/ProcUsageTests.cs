using System.Text;
using Levity.Processes.ProcFs;

namespace Levity.Processes.Tests.ProcFs;

public sealed class ProcUsageTests
{
    [Theory]
    [InlineData("42 (sh) S ")]
    [InlineData("42 (a) Z 1 (b) R ")]
    [InlineData("42 (\n) ) R ")]
    public void Time_is_that_of_the_process_and_of_the_children_it_has_waited_for(string begin)
    {
        var line = Encoding.UTF8.GetBytes($"{begin}10 20 30 0 -1 0 0 0 0 0 150 20 3 4 20 0 1 0 4711 8192 7 0 0");

        Assert.Equal(
            new ProcUsage(
                TimeSpan.FromMilliseconds(1530), TimeSpan.FromMilliseconds(240), 7 * Environment.SystemPageSize),
            ProcUsage.TryParse(line));
    }

    [Theory]
    [InlineData("")]
    [InlineData("42 (sh)")]
    [InlineData("42 (sh) S 10 20 30 0 -1 0 0 0 0 0 150 20 3 4 20 0 1 0 4711 8192")]
    [InlineData("42 (sh) S 10 20 30 0 -1 0 0 0 0 0 x 20 3 4 20 0 1 0 4711 8192 7 0")]
    public void What_is_cut_off_or_no_number_is_nothing(string line) =>
        Assert.Null(ProcUsage.TryParse(Encoding.UTF8.GetBytes(line)));

    [Fact]
    public void We_use_memory_and_a_process_that_is_not_there_uses_nothing()
    {
        Assert.InRange(Assert.NotNull(ProcUsage.TryRead(Environment.ProcessId)).ResidentBytes, 1_000_000, 100_000_000_000);
        Assert.Null(ProcUsage.TryRead(int.MaxValue));
    }
}
