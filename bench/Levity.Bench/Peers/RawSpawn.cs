using System.Globalization;
using Levity.Bench.Measuring;
using Levity.Bench.Processes;
using Levity.Bench.UnderTest;

namespace Levity.Bench.Peers;

/// <summary>
/// posix_spawn and waitpid in a loop, a thread for each core: the most that this machine can start. In a process of its
/// own, which handles no SIGCHLD and shares nothing with the rest of the benchmark.
/// </summary>
internal sealed class RawSpawn : IAsyncDisposable
{
    public const string Verb = "raw-spawn";

    private readonly Companion _process = Companion.Start(Programs.Bench, Verb);

    /// <summary>Processes per second, started and waited for.</summary>
    public async Task<double> PerSecondAsync(TimeSpan duration, CancellationToken cancellationToken)
    {
        await _process.Input.WriteLineAsync(duration.TotalSeconds.ToString(CultureInfo.InvariantCulture));
        await _process.Input.FlushAsync(cancellationToken);
        return double.TryParse(
            await _process.Output.ReadLineAsync(cancellationToken), CultureInfo.InvariantCulture, out var rate)
                ? rate
                : throw new BrokenSideException("raw posix_spawn failed");
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    /// <summary>The process's side: for each line, that many seconds, a line with the rate.</summary>
    public static async Task<int> ServeAsync(TextReader input, TextWriter output)
    {
        while (await input.ReadLineAsync() is { } line)
        {
            var duration = TimeSpan.FromSeconds(double.Parse(line, CultureInfo.InvariantCulture));
            var rate = Measure(duration, Environment.ProcessorCount);
            await output.WriteLineAsync(rate.ToString("R", CultureInfo.InvariantCulture));
            await output.FlushAsync();
        }

        return 0;
    }

    private static double Measure(TimeSpan duration, int threads)
    {
        var command = new SpawnCommand(["/bin/true"]);
        var began = TimeProvider.System.GetTimestamp();
        var counts = new int[threads];
        var running = Enumerable.Range(0, threads).Select(number => new Thread(() => Work(number))).ToList();
        running.ForEach(thread => thread.Start());
        running.ForEach(thread => thread.Join());
        return counts.Sum() / TimeProvider.System.GetElapsedTime(began).TotalSeconds;

        void Work(int number)
        {
            while (TimeProvider.System.GetElapsedTime(began) < duration)
            {
                if (PosixSpawn.Run(command) != 0)
                {
                    throw new BrokenSideException($"`{command}` failed");
                }

                counts[number]++;
            }
        }
    }
}
