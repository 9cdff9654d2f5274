using Levity.Logs;
using Levity.Processes;
using Levity.Protocol;
using Levity.Protocol.Supervisor;
using Levity.Supervisor.Output;
using Levity.Supervisor.State;

namespace Levity.Supervisor.Tests.State;

/// <summary>The logs of tasks that are over and have no end yet, from one program to the next.</summary>
public sealed class UnsealedHandOverTests : IDisposable
{
    private readonly DirectoryInfo _state = Directory.CreateTempSubdirectory("lv-");
    private readonly SupervisorLog _messages = new(TimeProvider.System);
    private readonly SupervisorDirectory _directory;
    private readonly TaskId _task = TaskId.New();

    public UnsealedHandOverTests() => _directory = SupervisorDirectory.Take(_state.FullName, TimeProvider.System);

    /// <summary>See Levity.Protocol.Tests/Supervisor/Golden.</summary>
    public static TheoryData<string> Stored => [.. Directory.GetFiles(
        Path.Combine(AppContext.BaseDirectory, "State", "Golden"), "handover-unsealed.bin", SearchOption.AllDirectories)];

    public void Dispose()
    {
        _directory.Dispose();
        _messages.Dispose();
        _state.Delete(recursive: true);
    }

    [Fact]
    public void The_next_program_seals_them_and_tells_what_they_lack()
    {
        LogWriter.Create(_directory.LogOf(_task)).Dispose();
        var unsealed = Unsealed(_task.ToString());

        Restore(unsealed);

        Assert.Equal(unsealed.Ending, OutputSeal.TryRead(_directory.LogOf(_task)));
        Assert.Equal(LogOpenOutcome.Opened, LogReader.Open(_directory.LogOf(_task), default, out var reader));
        using (reader)
        {
            Assert.Equal(LogReadOutcome.Gap, reader!.ReadNext(out var gap));
            Assert.Equal((3UL, LogGapReason.NotWritten), (gap.MissingBytes, gap.GapReason));
            Assert.Equal(LogReadOutcome.Sealed, reader.ReadNext(out _));
        }
    }

    [Fact]
    public void They_are_handed_on_as_they_came_while_the_disk_stays_full()
    {
        LogWriter.Create(_directory.LogOf(_task)).Dispose();
        var unsealed = Unsealed(_task.ToString());
        using var output = Output();
        using var containments = ContainmentRoot.Open("levity-test", forceSession: true);

        // A file in its place: as little to be helped as a full disk, once the log has been found.
        Reader(output, containments).Restore(new HandOver { StateVersion = 1, Unsealed = { unsealed } });
        Directory.Delete(_directory.LogOf(_task), recursive: true);
        File.WriteAllBytes(_directory.LogOf(_task), []);
        output.Start();
        output.Stop();

        Assert.Equal([unsealed], output.Unsealed);
    }

    [Theory]
    [MemberData(nameof(Stored))]
    public void Those_of_an_older_release_are_gone_on_with(string path)
    {
        var unsealed = Assert.Single(HandOverFile.Parse(File.ReadAllBytes(path)).Unsealed);
        Assert.True(TaskId.TryParse(unsealed.Ending.TaskId, out var task));
        LogWriter.Create(_directory.LogOf(task)).Dispose();

        Restore(unsealed);

        Assert.Equal(unsealed.Ending, OutputSeal.TryRead(_directory.LogOf(task)));
    }

    [Fact]
    public void What_makes_no_sense_is_left_out_and_the_others_are_sealed()
    {
        var (removed, ended) = (TaskId.New(), TaskId.New());
        LogWriter.Create(_directory.LogOf(_task)).Dispose();
        using (var writer = LogWriter.Create(_directory.LogOf(ended)))
        {
            OutputSeal.Write(writer, new ChildEnded { TaskId = ended.ToString(), ExitCode = 9 });
        }

        Restore(
            new UnsealedLog(),
            Unsealed(string.Empty),
            Unsealed("../../etc"),
            Unsealed(removed.ToString()),
            Unsealed(ended.ToString()),
            Unsealed(_task.ToString()));

        Assert.NotNull(OutputSeal.TryRead(_directory.LogOf(_task)));
        Assert.Equal(9, OutputSeal.TryRead(_directory.LogOf(ended))!.ExitCode);
        Assert.False(Path.Exists(_directory.LogOf(removed)));
    }

    private static UnsealedLog Unsealed(string taskId) => new()
    {
        Ending = new ChildEnded { TaskId = taskId, ExitCode = 3, LostLogBytes = 5 },
        OwedLogBytes = 3,
        LogQuotaBytes = 1_000_000,
    };

    private void Restore(params UnsealedLog[] unsealed)
    {
        using var output = Output();
        using var containments = ContainmentRoot.Open("levity-test", forceSession: true);
        Reader(output, containments).Restore(new HandOver { StateVersion = 1, Unsealed = { unsealed } });

        // It tries at the latest before it ends.
        output.Start();
        output.Stop();
    }

    private OutputLoop Output() => new(_ => { }, TimeProvider.System, _messages);

    // There are no children.
    private HandOverReader Reader(OutputLoop output, ContainmentRoot containments) =>
        new(lives: null!, starter: null!, output, work: null!, _directory, containments, _messages);
}
