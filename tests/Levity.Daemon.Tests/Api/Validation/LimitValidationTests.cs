using Grpc.Core;
using Levity.Daemon.Api.Validation;
using Levity.Protocol;

namespace Levity.Daemon.Tests.Api.Validation;

public sealed class LimitValidationTests
{
    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(1024 * 1024, 10, 1)]
    [InlineData(long.MaxValue, 10_000_000, 4 * 1024 * 1024)]
    public void What_the_kernel_can_enforce_passes(long memory, long cpu, long processes) =>
        RequestValidation.Check(RequestWith(memory, cpu, processes));

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    [InlineData(1024 * 1024 - 1)]
    [InlineData(long.MinValue)]
    public void Too_little_memory_is_refused(long memory) =>
        AssertRefused("limits.memory_bytes", RequestWith(memory, 0, 0), $"{memory} is not possible: at least 1048576");

    [Theory]
    [InlineData(-1)]
    [InlineData(9)]
    [InlineData(10_000_001)]
    [InlineData(long.MaxValue)]
    public void A_share_of_the_processor_that_the_kernel_does_not_have_is_refused(long cpu) =>
        AssertRefused("limits.cpu_millis", RequestWith(0, cpu, 0), $"{cpu} is not possible: from 10 to 10000000");

    [Theory]
    [InlineData(-1)]
    [InlineData(4 * 1024 * 1024 + 1)]
    [InlineData(long.MaxValue)]
    public void More_processes_than_there_can_be_are_refused(long processes) => AssertRefused(
        "limits.processes", RequestWith(0, 0, processes), $"{processes} is not possible: from 1 to 4194304");

    private static StartTaskRequest RequestWith(long memory, long cpu, long processes) => new()
    {
        Binary = "true",
        Limits = new ResourceLimits { MemoryBytes = memory, CpuMillis = cpu, Processes = processes },
    };

    private static void AssertRefused(string field, StartTaskRequest request, string problem)
    {
        var e = Assert.Throws<RpcException>(() => RequestValidation.Check(request));
        Assert.Equal(StatusCode.InvalidArgument, e.StatusCode);
        Assert.StartsWith($"{field}: {problem}", e.Status.Detail, StringComparison.Ordinal);
    }
}
