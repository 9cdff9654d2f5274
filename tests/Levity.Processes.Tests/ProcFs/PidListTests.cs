using Levity.Processes.ProcFs;

namespace Levity.Processes.Tests.ProcFs;

public sealed class PidListTests
{
    [Theory]
    [InlineData("", new int[0])]
    [InlineData("1\n23\n456\n", new[] { 1, 23, 456 })]
    [InlineData("1 23 456 ", new[] { 1, 23, 456 })]
    [InlineData("7", new[] { 7 })]
    [InlineData("0\n8\n0\n", new[] { 8 })]
    public void Numbers_are_read_and_invisible_processes_left_out(string text, int[] expected)
    {
        var pids = new List<int>();
        PidList.Parse(System.Text.Encoding.ASCII.GetBytes(text), pids);

        Assert.Equal(expected, pids);
    }
}
