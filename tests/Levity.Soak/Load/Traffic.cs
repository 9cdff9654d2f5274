namespace Levity.Soak.Load;

/// <summary>Starts tasks of all kinds at a steady rate, and asks after earlier ones, until it is told to stop.</summary>
internal sealed class Traffic : IAsyncDisposable
{
    private const int Callers = 4;

    private static readonly ErrandKind[] Kinds =
    [
        ErrandKind.Print, ErrandKind.Print, ErrandKind.Nap, ErrandKind.Nap, ErrandKind.Nap, ErrandKind.KillSelf,
        ErrandKind.LeaveOrphans, ErrandKind.Missing,
    ];

    private readonly CancellationTokenSource _stop;
    private readonly Task _running;

    public Traffic(Arena arena, Random random, int startsPerSecond, CancellationToken cancellationToken)
    {
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var pace = TimeSpan.FromSeconds((double)Callers / startsPerSecond);
        var seeds = Enumerable.Range(0, Callers).Select(_ => random.Next()).ToList();
        _running = Task.WhenAll(seeds.Select(seed => CallAsync(arena, new Random(seed), pace)));
    }

    public static Errand NewErrand(Arena arena, Random random) => arena.NewErrand(
        Kinds[random.Next(Kinds.Length)], lines: random.Next(1, 30), code: random.Next(0, 256));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private async Task CallAsync(Arena arena, Random random, TimeSpan pace)
    {
        using var timer = new PeriodicTimer(pace, TimeProvider.System);
        var known = new List<Entry>();
        while (!_stop.IsCancellationRequested)
        {
            var entry = await arena.StartAsync(NewErrand(arena, random));
            if (entry.Id is not null)
            {
                known.Add(entry);
            }

            if (known.Count > 0)
            {
                await arena.LookAtAsync(known[random.Next(known.Count)]);
            }

            try
            {
                await timer.WaitForNextTickAsync(_stop.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }
}
