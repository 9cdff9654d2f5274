using System.Collections.Concurrent;
using Grpc.Core;
using Levity.EndToEnd.Tests.Fixtures;

namespace Levity.Soak.Load;

/// <summary>
/// Users who go on with their work meanwhile: some call on connections that they have, and one makes a new one each time. How
/// long each call took.
/// </summary>
internal sealed class Callers(Arena arena, string task)
{
    private const int AtOnce = 4;
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(10);

    private readonly ConcurrentQueue<double> _calls = new();
    private readonly ConcurrentQueue<double> _connections = new();

    public double P99OfCalls => P99(_calls);

    public double P99OfConnections => P99(_connections);

    public int Count => _calls.Count + _connections.Count;

    /// <summary>Calls until the token is cancelled.</summary>
    public Task CallAsync(CancellationToken enough) => Task.WhenAll(
    [
        RepeatAsync(_connections, CallOnceAsync, enough),
        .. Enumerable.Range(0, AtOnce).Select(_ => RepeatAsync(_calls, () => arena.Alice.QueryAsync(task), enough)),
    ]);

    private async Task CallOnceAsync()
    {
        using var client = new TestClient(
            arena.Server.Address, arena.Server.Certificates.ServerCa, arena.Server.Certificates.Alice);
        await client.QueryAsync(task);
    }

    private async Task RepeatAsync(ConcurrentQueue<double> times, Func<Task> call, CancellationToken enough)
    {
        while (!enough.IsCancellationRequested)
        {
            var began = TimeProvider.System.GetTimestamp();
            try
            {
                await call();
                times.Enqueue(TimeProvider.System.GetElapsedTime(began).TotalMilliseconds);
            }
            catch (RpcException e)
            {
                arena.Tally.Violation("I9", $"a user's call failed: {e.Status}");
            }

            await Task.Delay(Pace, TimeProvider.System, CancellationToken.None);
        }
    }

    private static double P99(ConcurrentQueue<double> times) =>
        times.Order().ElementAtOrDefault((int)(times.Count * 0.99));
}
