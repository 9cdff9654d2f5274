using Levity.EndToEnd.Tests.Fixtures;

namespace Levity.EndToEnd.Tests.Tls;

/// <summary>
/// One call after the other, on a connection that stays and on new ones, until the test has seen enough. Not one of them
/// may fail.
/// </summary>
internal sealed class CallLoad : IAsyncDisposable
{
    private const int Some = 5;

    private readonly CancellationTokenSource _enough = new();
    private readonly LevityServer _server;
    private readonly Identity _user;
    private readonly string _task;
    private readonly Task _staying;
    private readonly Task _coming;
    private int _stayed;
    private int _came;

    private CallLoad(LevityServer server, Identity user, string task)
    {
        (_server, _user, _task) = (server, user, task);
        _staying = StayAsync();
        _coming = ComeAsync();
    }

    public static async Task<CallLoad> StartAsync(LevityServer server, Identity user)
    {
        var load = new CallLoad(server, user, await server.Client(user).StartAsync("true"));
        await load.SomeMoreAsync();
        return load;
    }

    /// <summary>Waits until some calls more have been made, of either kind.</summary>
    public async Task SomeMoreAsync()
    {
        var (stayed, came) = (Volatile.Read(ref _stayed), Volatile.Read(ref _came));
        await Eventually.TrueAsync(
            () => _staying.IsFaulted || _coming.IsFaulted
                || (Volatile.Read(ref _stayed) >= stayed + Some && Volatile.Read(ref _came) >= came + Some),
            () => $"{Some} calls more than {stayed} and {came}");
        if (_staying.IsFaulted || _coming.IsFaulted)
        {
            await Task.WhenAll(_staying, _coming);
        }
    }

    /// <summary>Fails if a call has failed.</summary>
    public async Task EndAsync()
    {
        await _enough.CancelAsync();
        await Task.WhenAll(_staying, _coming);
    }

    public async ValueTask DisposeAsync()
    {
        await _enough.CancelAsync();
        await Task.WhenAny(Task.WhenAll(_staying, _coming));
        _enough.Dispose();
    }

    private async Task StayAsync()
    {
        using var client = new TestClient(_server.Address, _server.Certificates.ServerCa, _user);
        while (!_enough.IsCancellationRequested)
        {
            await client.QueryAsync(_task);
            Interlocked.Increment(ref _stayed);
        }
    }

    private async Task ComeAsync()
    {
        while (!_enough.IsCancellationRequested)
        {
            using var client = new TestClient(_server.Address, _server.Certificates.ServerCa, _user);
            await client.QueryAsync(_task);
            Interlocked.Increment(ref _came);
        }
    }
}
