using System.Text;
using Levity.Processes.ProcFs;

namespace Levity.Processes.Tests.ProcFs;

public sealed class ProcStatTests
{
    [Theory]
    [InlineData("42 (sh) S 10 ", 1, true)]
    [InlineData("42 (a) Z 1 (b) R 10 ", 1, true)]
    [InlineData("42 (\n) ) R 10 ", 1, true)]
    [InlineData("42 (sh) Z 10 ", 1, false)]
    [InlineData("42 (sh) X 10 ", 1, false)]
    [InlineData("42 (sh) Z 10 ", 2, true)]
    public void The_name_may_be_anything_and_other_threads_keep_a_process_alive(string begin, int threads, bool isAlive)
    {
        const int flags = 0x0040_0100;
        var line = Encoding.UTF8.GetBytes($"{begin}20 30 0 -1 {flags} 0 0 0 0 0 0 0 0 20 0 {threads} 0 4711 0 0");

        Assert.Equal(
            new ProcStat(42, 10, 30, isAlive, IsKernelThread: false, 4711), ProcStat.TryParse(42, line));
    }

    [Theory]
    [InlineData("")]
    [InlineData("42 (sh)")]
    [InlineData("42 (sh) S 10 20 30")]
    public void What_is_cut_off_is_nothing(string line)
    {
        Assert.Null(ProcStat.TryParse(42, Encoding.UTF8.GetBytes(line)));
    }

    [Fact]
    public void We_are_alive_and_have_a_parent()
    {
        var own = Assert.NotNull(ProcStat.TryRead(Environment.ProcessId));

        Assert.True(own.IsAlive && !own.IsKernelThread);
        Assert.True(own.ParentPid > 0 && own.StartTime > 0);
        Assert.Contains(own, ProcTable.Read());
    }

    [Fact]
    public void A_process_that_is_not_there_is_nothing()
    {
        Assert.Null(ProcStat.TryRead(int.MaxValue));
    }
}
