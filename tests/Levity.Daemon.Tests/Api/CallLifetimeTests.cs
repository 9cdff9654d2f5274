using Grpc.Core;
using Levity.Daemon.Api;
using Levity.Daemon.Registry;
using Levity.Daemon.Security;
using Levity.Daemon.Security.Trust;
using Levity.Daemon.Tasks;
using Levity.Daemon.Tests.Fakes;
using Levity.Daemon.Tests.Security.Trust;
using Levity.Protocol;

namespace Levity.Daemon.Tests.Api;

public sealed class CallLifetimeTests : IDisposable
{
    private readonly FakeApplication _application = new();
    private readonly CancellationTokenSource _client = new();
    private readonly WatchedTime _time = new();
    private readonly TestTrust _trust = new();

    private readonly ManagedTask _task = new(new TaskRecord
    {
        Id = TaskId.New(),
        Owner = "alice",
        CreatedAt = DateTimeOffset.UnixEpoch,
        Request = SupervisedTasks.SomeRequest(),
        State = TaskState.Running,
    });

    private ClientConnection? _connection;

    public void Dispose()
    {
        _application.Dispose();
        _client.Dispose();
        _trust.Dispose();
    }

    [Fact]
    public async Task A_call_goes_on_while_nothing_ends_it()
    {
        using var call = Begin(TimeSpan.FromHours(1));

        await AdvanceAsync(TimeSpan.FromMinutes(59));

        Assert.False(call.Token.IsCancellationRequested);
    }

    [Fact]
    public async Task A_call_ends_with_its_callers_certificate()
    {
        using var call = Begin(TimeSpan.FromHours(1));

        await AdvanceAsync(TimeSpan.FromHours(1));

        Assert.True(call.Token.IsCancellationRequested);
        Assert.Equal(StatusCode.Unauthenticated, call.EndedBecause!.StatusCode);
        Assert.Contains("alice", call.EndedBecause.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_call_that_begins_when_its_connection_has_just_been_refused_ends_at_once()
    {
        Begin(TimeSpan.FromHours(1)).Dispose();
        await AdvanceAsync(TimeSpan.FromHours(1));

        using var call = Begin();

        Assert.True(call.Token.IsCancellationRequested);
        Assert.Equal(StatusCode.Unauthenticated, call.EndedBecause!.StatusCode);
    }

    [Fact]
    public void A_call_ends_when_levityd_does()
    {
        using var call = Begin(TimeSpan.FromHours(1));

        _application.StopApplication();

        Assert.True(call.Token.IsCancellationRequested);
        Assert.Equal(StatusCode.Unavailable, call.EndedBecause!.StatusCode);
    }

    [Fact]
    public async Task A_call_ends_without_a_word_when_the_client_is_gone()
    {
        using var call = Begin(TimeSpan.FromHours(1));

        await _client.CancelAsync();

        Assert.True(call.Token.IsCancellationRequested);
        Assert.Null(call.EndedBecause);
    }

    private CallLifetime.Call Begin(TimeSpan validFor)
    {
        _connection = _trust.Connect(new CallerIdentity("alice", _time.GetUtcNow() + validFor));
        return Begin();
    }

    private CallLifetime.Call Begin() =>
        new CallLifetime(_application, new AccessPolicy(Roles.None, _time), new StreamOptions(), _time).Begin(
            new FakeCall(_connection!.Caller, _client.Token, connection: _connection), _task);

    private Task AdvanceAsync(TimeSpan time)
    {
        _time.Advance(time);
        return _trust.EndIfRefusedAsync(_connection!, _time);
    }
}
