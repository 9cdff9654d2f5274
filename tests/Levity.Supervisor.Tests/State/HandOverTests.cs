using Google.Protobuf;
using Levity.Processes;
using Levity.Protocol;
using Levity.Protocol.Supervisor;
using Levity.Supervisor.Children;
using Levity.Supervisor.State;

namespace Levity.Supervisor.Tests.State;

public sealed class HandOverTests
{
    /// <summary>What a supervisor of each release leaves behind; see Levity.Protocol.Tests/Supervisor/Golden.</summary>
    public static TheoryData<string> Stored => [.. Directory.GetFiles(
        Path.Combine(AppContext.BaseDirectory, "State", "Golden"), "handover.bin", SearchOption.AllDirectories)];

    [Theory]
    [MemberData(nameof(Stored))]
    public void The_children_of_an_older_release_are_gone_on_with_as_they_were(string path)
    {
        var state = HandOverFile.Parse(File.ReadAllBytes(path));

        var handed = Assert.Single(state.Live);
        Assert.True(TaskId.TryParse(handed.TaskId, out var task));
        using var containments = ContainmentRoot.Open("levity-test", forceSession: true);
        using var attempt = new Attempt(
            1, handed.Leader.Pid, containments.Restore(handed.TaskId, attempt: 1, ContainmentMessages.Get(handed)));
        var child = Child.Of(handed, task, attempt, output: null!, input: null, retry: null);
        var again = child.ToHandedChild();
        ContainmentMessages.Put(ContainmentMessages.Get(handed), again);

        // Pipes, what the log owes and the deadline are not the child's own.
        var expected = handed.Clone();
        (expected.LostLogBytes, expected.OwedLogBytes, expected.LogQuotaBytes) = (0, 0, 0);
        expected.ClearStdoutFd();
        expected.ClearStderrFd();
        expected.ClearStopDeadlineNs();
        Assert.Equal(expected, again);
        Assert.True(child.LeaderEnded);
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(4u)]
    [InlineData(uint.MaxValue)]
    public void Another_version_is_refused_with_both_numbers(uint version)
    {
        var e = Assert.Throws<InvalidDataException>(
            () => HandOverFile.Parse(new HandOver { StateVersion = version }.ToByteArray()));

        Assert.Contains($"{version}", e.Message, StringComparison.Ordinal);
        Assert.Contains($"{ProgramVersions.HandOver}", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_message_is_refused() =>
        Assert.Throws<InvalidDataException>(() => HandOverFile.Parse("not a message"u8));

    [Fact]
    public void It_gets_through_a_file_in_memory()
    {
        var state = new HandOver { StateVersion = 1, RequestId = 77 };
        using var file = HandOverFile.Write(state);

        Assert.Equal(state, HandOverFile.Read((int)Linux.InheritedDescriptor.Leave(file)));

        // Closed by the one that has read it.
        file.SetHandleAsInvalid();
    }

    [Fact]
    public void A_number_that_is_no_descriptor_is_an_error() =>
        Assert.Equal(Linux.Errno.EBADF, Assert.Throws<Linux.LinuxException>(() => HandOverFile.Read(987_654)).Number);

    [Fact]
    public void Places_have_the_same_numbers_on_both_sides() => Assert.Equal(
        Enum.GetNames<ContainmentPlace>(), Enum.GetNames<HandedChild.Types.Place>());
}
