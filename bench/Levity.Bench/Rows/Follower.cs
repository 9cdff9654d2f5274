using System.Buffers.Text;
using System.Security.Cryptography;
using Levity.Bench.UnderTest;
using Levity.Protocol;

namespace Levity.Bench.Rows;

/// <summary>One of many who follow a log whose lines begin with the time they were made at.</summary>
internal sealed class Follower(LevityClient client, TaskHandle task)
{
    private const byte NewLine = (byte)'\n';
    private const double NanosecondsPerSecond = 1e9;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<double> _lags = [];
    private readonly List<byte> _line = [];

    /// <summary>Completes when the first byte is there.</summary>
    public Task Begun => _begun.Task;

    public long Bytes { get; private set; }

    /// <summary>Of all bytes, once <see cref="RunAsync"/> is over.</summary>
    public string Digest { get; private set; } = "";

    public IReadOnlyList<double> LagsInSeconds => _lags;

    /// <summary>Follows to the end.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var request = new StreamLogsRequest { TaskId = task, Follow = true };
        using var call = client.Api.StreamLogs(request, cancellationToken: cancellationToken);
        while (await call.ResponseStream.MoveNext(cancellationToken))
        {
            if (call.ResponseStream.Current.Chunk is { } chunk)
            {
                Take(chunk.Data.Span, UnixNanoseconds());
            }
        }

        Digest = Convert.ToHexString(_hash.GetHashAndReset());
        _hash.Dispose();
    }

    private void Take(ReadOnlySpan<byte> bytes, long now)
    {
        _hash.AppendData(bytes);
        foreach (var value in bytes)
        {
            if (value == NewLine)
            {
                Measure(now);
                _line.Clear();
            }
            else
            {
                _line.Add(value);
            }
        }

        Bytes += bytes.Length;
        _begun.TrySetResult();
    }

    private void Measure(long now)
    {
        // The first line says only that the task is there.
        if (Utf8Parser.TryParse(_line.ToArray(), out long made, out _))
        {
            _lags.Add((now - made) / NanosecondsPerSecond);
        }
    }

    private static long UnixNanoseconds() =>
        (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;
}
