using Levity.Processes.ProcFs;

namespace Levity.Processes.Tests.ProcFs;

public sealed class ProcEnvironmentTests
{
    [Fact]
    public void The_task_is_named_by_one_variable()
    {
        Assert.Equal("a-1", ProcEnvironment.FindTaskId("PATH=/bin\0LEVITY_TASK_ID=a-1\0X=y\0"u8));
    }

    [Fact]
    public void Nothing_else_names_it()
    {
        Assert.Null(ProcEnvironment.FindTaskId("MY_LEVITY_TASK_ID=a\0X=LEVITY_TASK_ID=b\0LEVITY_TASK_IDS=c\0"u8));
        Assert.Null(ProcEnvironment.FindTaskId([]));
    }
}
