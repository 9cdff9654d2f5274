using Google.Protobuf;
using Levity.Daemon.Registry;
using Levity.Daemon.Tasks;
using Levity.Daemon.Tests.Fakes;
using Levity.Protocol.Registry;
using Levity.Protocol.Supervisor;

namespace Levity.Daemon.Tests.Tasks;

public sealed class LapsedTasksTests : IAsyncDisposable
{
    private readonly SupervisedTasks _world = new();
    private readonly CollectingLogger<LapsedTasks> _logger = new();
    private readonly HashSet<StartingCertificate> _lapsed = [];
    private readonly LapsedTasks _lapsing;

    public LapsedTasksTests() => _lapsing = new LapsedTasks(
        _world.Tasks, certificate => _lapsed.Contains(certificate) ? "has lapsed" : null, _world.Time, _logger);

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task Of_one_owner_those_tasks_are_asked_to_stop_whose_certificate_has_lapsed_and_no_others()
    {
        var lapsed = await StartAsync(Certificate(1));
        var renewed = await StartAsync(Certificate(2));
        var unknown = await StartAsync(certificate: null);
        await _lapsing.LookAsync();
        Assert.Null(_world.Supervisor.LastStop);

        _lapsed.Add(Certificate(1));
        await _lapsing.LookAsync();

        Assert.Equal(
            new StopChild
            {
                TaskId = lapsed.Record.Id.ToString(),
                GraceMs = 7000,
                RequestedBy = "levityd: the certificate it was started with has lapsed",
            },
            _world.Supervisor.LastStop);
        Assert.Equal(
            (TaskState.Signalled, TaskState.Running, TaskState.Running),
            (lapsed.Record.State, renewed.Record.State, unknown.Record.State));
    }

    [Fact]
    public async Task One_that_was_asked_to_stop_is_not_asked_again()
    {
        await StartAsync(Certificate(1));
        _lapsed.Add(Certificate(1));

        await _lapsing.LookAsync();
        await _lapsing.LookAsync();

        Assert.Single(_world.Journal.Entries, entry => entry.StartsWith("stop ", StringComparison.Ordinal));
        Assert.Single(_logger.Messages);
    }

    [Fact]
    public async Task Without_a_supervisor_the_next_look_tries_again()
    {
        var task = await StartAsync(Certificate(1));
        _lapsed.Add(Certificate(1));
        _world.Supervisor.OnStop = _ => throw ScriptedSupervisor.Unavailable();
        await _lapsing.LookAsync();
        Assert.Equal(TaskState.Running, task.Record.State);

        _world.Supervisor.OnStop = _ => Task.CompletedTask;
        await _lapsing.LookAsync();

        Assert.Equal(TaskState.Signalled, task.Record.State);
    }

    private static StartingCertificate Certificate(byte serial) => new()
    {
        Chain =
        {
            new StartingCertificate.Types.Number
            {
                Issuer = ByteString.CopyFromUtf8("CA"),
                Serial = ByteString.CopyFrom(serial),
            },
        },
    };

    private async Task<ManagedTask> StartAsync(StartingCertificate? certificate) => _world.Find(
        (await _world.Tasks.StartAsync(SupervisedTasks.Owner, SupervisedTasks.SomeRequest(), certificate)).Id);
}
