using System.Globalization;
using Levity.Linux;
using Levity.Protocol;
using Levity.Protocol.Supervisor;
using Levity.Supervisor.Tests.Fixtures;

namespace Levity.Supervisor.Tests.Children;

/// <summary>Children with limits of their own.</summary>
public sealed class UlimitTests : SupervisorTests
{
    private readonly TaskId _task = TaskId.New();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_child_finds_its_limits_set_when_it_begins_and_the_others_as_they_were(bool isOther)
    {
        if (isOther)
        {
            OtherUser.Require();
        }

        ChildLimit[] own = [Limit("nofile", 100, 200), Limit("core", 0, 0), Limit("cpu", 77, 88)];
        var plain = (await OutputAsync(Command(TaskId.New(), isOther, "cat", "/proc/self/limits"))).Split('\n');
        var limited = (await OutputAsync(Command(TaskId.New(), isOther, own, "cat", "/proc/self/limits"))).Split('\n');

        Assert.Equal(("100", "200"), ValuesOf("Max open files", limited));
        Assert.Equal(("0", "0"), ValuesOf("Max core file size", limited));
        Assert.Equal(("77", "88"), ValuesOf("Max cpu time", limited));
        Assert.Equal(plain.Length - 3, plain.Intersect(limited).Count());
    }

    [Fact]
    public async Task Limits_that_leave_its_launcher_nothing_do_no_harm()
    {
        ChildLimit[] few = [Limit("as", 30_000_000, 30_000_000), Limit("data", 8_000_000, 8_000_000), Limit("nofile", 4, 4)];
        var output = await OutputAsync(Command(_task, isOther: false, few, "sh", "-c", "ulimit -v; ulimit -n"));

        Assert.Equal("29296\n4\n", output);
    }

    [Fact]
    public async Task A_user_cannot_have_more_than_their_hard_limit_and_is_told_what_that_is()
    {
        OtherUser.Require();
        var hard = ProcessLimit.Of(7).Hard;
        Assert.SkipWhen(hard == ProcessLimit.Unlimited, "there is no hard limit of descriptors here");

        var refused = await Client.StartAsync(Command(_task, isOther: true, [Limit("nofile", 10, hard + 1)], "true"));

        Assert.Equal((Failure.Types.Kind.Ulimit, Errno.EPERM), (refused.Failure.Kind, refused.Failure.Errno));
        Assert.Contains(
            string.Create(CultureInfo.InvariantCulture, $"nofile=10:{hard + 1} cannot be set"),
            refused.Failure.Message,
            StringComparison.Ordinal);
        Assert.Contains(hard.ToString(CultureInfo.InvariantCulture), refused.Failure.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Supervisor.LogOf(_task.ToString())));
        Assert.Empty(TaskProcesses.Of(_task));
    }

    [Fact]
    public async Task What_cannot_be_executed_is_refused_as_without_limits()
    {
        var direct = await Client.StartAsync(Command(TaskId.New(), isOther: false, [], "/no/such/program"));
        var limited = await Client.StartAsync(Command(_task, isOther: false, [Limit("core", 0, 0)], "/no/such/program"));

        Assert.Equal(direct.Failure, limited.Failure);
        Assert.False(Directory.Exists(Supervisor.LogOf(_task.ToString())));
    }

    [Fact]
    public async Task A_child_with_limits_is_stopped_and_timed_out_like_others()
    {
        var command = Command(_task, isOther: false, [Limit("core", 0, 0)], "sleep", "300");
        (command.TimeoutMs, command.GraceMs) = (50, 60_000);
        await Client.StartAsync(command);

        Assert.True((await Client.NextEventAsync()).ChildChanged.Stopping);
        Assert.Equal((15, true), (await Client.NextEndingAsync()) is var ended ? (ended.Signal, ended.TimedOut) : default);
    }

    private static ChildLimit Limit(string name, ulong soft, ulong hard)
    {
        Assert.True(ProcessLimit.TryFind(name, out var resource));
        return new ChildLimit { Resource = (uint)resource, Soft = soft, Hard = hard };
    }

    private static StartChild Command(TaskId task, bool isOther, params string[] argv) => Command(task, isOther, [], argv);

    private static StartChild Command(TaskId task, bool isOther, ChildLimit[] limits, params string[] argv)
    {
        var command = isOther ? AccountTests.Command(task, argv) : SupervisorUnderTest.Command(task, argv);
        command.Ulimits.AddRange(limits);
        return command;
    }

    // "Max open files            100                  200                  files"
    private static (string Soft, string Hard) ValuesOf(string name, string[] limits)
    {
        var values = limits.Single(line => line.StartsWith(name, StringComparison.Ordinal))[name.Length..]
            .Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return (values[0], values[1]);
    }

    private async Task<string> OutputAsync(StartChild command)
    {
        var started = await Client.StartAsync(command);
        Assert.True(started.Failure is null, started.Failure?.Message);
        await Client.NextEndingAsync();
        Assert.True(TaskId.TryParse(command.TaskId, out var task));
        return Supervisor.ReadLog(task, Logs.LogStream.Stdout);
    }
}
