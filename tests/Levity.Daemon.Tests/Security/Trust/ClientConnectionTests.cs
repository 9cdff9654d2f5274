using Levity.Daemon.Security;
using Levity.Daemon.Security.Trust;
using Levity.Daemon.Tests.Fakes;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace Levity.Daemon.Tests.Security.Trust;

public sealed class ClientConnectionTests : IDisposable
{
    private readonly TestTrust _trust = new();
    private readonly WatchedTime _time = new();
    private readonly RecordedTransport _transport = new();
    private readonly ClientConnection _connection;

    public ClientConnectionTests()
    {
        var caller = new CallerIdentity("alice", _time.GetUtcNow().AddHours(1));
        _connection = _trust.Connect(caller, _transport);
    }

    public void Dispose() => _trust.Dispose();

    [Fact]
    public async Task A_connection_that_is_accepted_is_left_alone()
    {
        await LookAsync();

        Assert.Empty(_transport.Ends);
        Assert.False(_connection.Refused.IsCancellationRequested);
        Assert.Null(_connection.Refusal);
    }

    [Fact]
    public async Task One_that_is_refused_is_closed_and_its_calls_end_before()
    {
        using var _ = _connection.Refused.Register(() => _transport.Ends.Add("calls"));
        _time.Advance(TimeSpan.FromHours(1));

        await LookAsync();
        await LookAsync();

        Assert.Equal(["calls", "close"], _transport.Ends);
    }

    [Fact]
    public async Task One_that_does_not_close_is_cut_off()
    {
        _time.Advance(TimeSpan.FromHours(1));
        await LookAsync();

        _time.Advance(TimeSpan.FromSeconds(5));
        await LookAsync();

        Assert.Equal(["close", "abort"], _transport.Ends);
    }

    [Fact]
    public async Task Once_refused_it_stays_so_whatever_the_clock_says_then()
    {
        _time.Advance(TimeSpan.FromHours(1));
        await LookAsync();

        _time.WallShift = TimeSpan.FromHours(-1);

        Assert.NotNull(_connection.RefusalBy(_trust.Snapshot(), _time.GetUtcNow()));
    }

    private Task LookAsync() => _trust.EndIfRefusedAsync(_connection, _time);

    private sealed class RecordedTransport : DefaultConnectionContext, IConnectionLifetimeNotificationFeature
    {
        public RecordedTransport() => Features.Set<IConnectionLifetimeNotificationFeature>(this);

        public List<string> Ends { get; } = [];

        public CancellationToken ConnectionClosedRequested { get; set; }

        public void RequestClose() => Ends.Add("close");

        public override void Abort(ConnectionAbortedException abortReason) => Ends.Add("abort");
    }
}
