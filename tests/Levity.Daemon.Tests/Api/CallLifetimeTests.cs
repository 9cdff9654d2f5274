using Grpc.Core;
using Levity.Daemon.Api;
using Levity.Daemon.Security;
using Levity.Daemon.Tests.Fakes;

namespace Levity.Daemon.Tests.Api;

public sealed class CallLifetimeTests : IDisposable
{
    private readonly FakeApplication _application = new();
    private readonly CancellationTokenSource _client = new();
    private readonly WatchedTime _time = new();

    public void Dispose()
    {
        _application.Dispose();
        _client.Dispose();
    }

    [Fact]
    public void A_call_goes_on_while_nothing_ends_it()
    {
        using var call = Begin(TimeSpan.FromHours(1));

        _time.Advance(TimeSpan.FromMinutes(59));

        Assert.False(call.Token.IsCancellationRequested);
    }

    [Fact]
    public void A_call_ends_with_its_callers_certificate()
    {
        using var call = Begin(TimeSpan.FromHours(1));

        _time.Advance(TimeSpan.FromHours(1));

        Assert.True(call.Token.IsCancellationRequested);
        Assert.Equal(StatusCode.Unauthenticated, call.EndedBecause!.StatusCode);
        Assert.Contains("alice", call.EndedBecause.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_call_with_an_expired_certificate_ends_at_once()
    {
        using var call = Begin(TimeSpan.FromSeconds(-1));

        _time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(StatusCode.Unauthenticated, call.EndedBecause!.StatusCode);
    }

    [Fact]
    public void A_certificate_that_is_good_for_years_is_not_called_expired_before()
    {
        using var call = Begin(TimeSpan.FromDays(3 * 365));

        for (var day = 0; day < 365; day++)
        {
            _time.Advance(TimeSpan.FromDays(1));
        }

        Assert.NotEqual(StatusCode.Unauthenticated, call.EndedBecause?.StatusCode);
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
        var caller = new CallerIdentity("alice", _time.GetUtcNow() + validFor);
        return new CallLifetime(_application, new StreamOptions(), _time).Begin(
            new FakeCall(caller, _client.Token), caller);
    }
}
