using Levity.Linux;
using Levity.Logs;
using Levity.Protocol.Supervisor;
using Levity.Supervisor.Output;
using Levity.Supervisor.State;
using Microsoft.Extensions.Time.Testing;

namespace Levity.Supervisor.Tests.Output;

public sealed class UnsealedLogsTests : IDisposable
{
    private readonly DirectoryInfo _logs = Directory.CreateTempSubdirectory("lv-");
    private readonly FakeTimeProvider _time = new();
    private readonly SupervisorLog _messages = new(TimeProvider.System);
    private readonly UnsealedLogs _unsealed;

    public UnsealedLogsTests() => _unsealed = new UnsealedLogs(_time, _messages);

    public void Dispose()
    {
        _messages.Dispose();
        _logs.Delete(recursive: true);
    }

    [Fact]
    public void A_log_is_sealed_once_it_can_be_written_again()
    {
        Add("a");
        Add("b");
        PutOutOfReach("a");

        _unsealed.TryAgain();
        Assert.True(_unsealed.Any);
        Assert.False(IsSealed("b"));

        // One in vain is enough for a round; the others have their turn in the next.
        PutBack("a");
        _time.Advance(UnsealedLogs.RetryInterval / 2);
        _unsealed.TryAgainWhenDue();
        Assert.False(IsSealed("b"));
        _time.Advance(UnsealedLogs.RetryInterval / 2);
        _unsealed.TryAgainWhenDue();

        Assert.True(IsSealed("a"));
        Assert.True(IsSealed("b"));
        Assert.False(_unsealed.Any);
    }

    [Fact]
    public void One_that_cannot_be_sealed_does_not_keep_the_others_from_it()
    {
        Add("a");
        Add("b");
        PutOutOfReach("a");

        _unsealed.TryAgain();
        _unsealed.TryAgain();

        Assert.True(IsSealed("b"));
        Assert.True(_unsealed.Any);
    }

    [Fact]
    public void A_log_that_was_removed_meanwhile_is_forgotten()
    {
        Add("a");
        Directory.Delete(PathOf("a"), recursive: true);

        _unsealed.TryAgain();

        Assert.False(_unsealed.Any);
        Assert.False(Path.Exists(PathOf("a")));
    }

    private string PathOf(string name) => Path.Combine(_logs.FullName, name);

    private bool IsSealed(string name) => LogSeal.TryRead(PathOf(name), out _);

    private void Add(string name)
    {
        var writer = LogWriter.Create(PathOf(name));
        var output = new TaskOutput(name, new SafeFileDescriptor(), new SafeFileDescriptor(), writer);
        _unsealed.Add(output, new ChildEnded { TaskId = name, ExitCode = 3 });
    }

    // ENOTDIR, as little to be helped at the moment as a full disk.
    private void PutOutOfReach(string name)
    {
        Directory.Move(PathOf(name), PathOf($"{name}-away"));
        File.WriteAllBytes(PathOf(name), []);
    }

    private void PutBack(string name)
    {
        File.Delete(PathOf(name));
        Directory.Move(PathOf($"{name}-away"), PathOf(name));
    }
}
