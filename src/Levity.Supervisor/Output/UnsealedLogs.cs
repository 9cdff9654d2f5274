using Google.Protobuf;
using Levity.Linux;
using Levity.Protocol.Supervisor;
using Levity.Supervisor.State;

namespace Levity.Supervisor.Output;

/// <summary>
/// Logs of tasks that are over whose end could not be written, because the disk is full: tried again until it can be.
/// levityd has the endings all the same. Only the output loop touches it.
/// </summary>
internal sealed class UnsealedLogs(TimeProvider time, SupervisorLog log)
{
    // A disk is full for minutes, and one small write tells whether it still is.
    public static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    // Nothing can be started on a full disk, so there are not more of them than there were tasks when it became full.
    private const int Most = 10_000;

    private readonly Queue<(TaskOutput Output, ChildEnded Ending)> _waiting = new();
    private long _lastTry;

    public bool Any => _waiting.Count > 0;

    /// <summary>All of them, for another program.</summary>
    public IEnumerable<UnsealedLog> Save() => _waiting.Select(entry => new UnsealedLog
    {
        Ending = entry.Ending,
        OwedLogBytes = entry.Output.Log.Debt.OwedBytes,
        LogQuotaBytes = entry.Output.Log.Quota.Bytes,
    });

    /// <summary>Takes it over.</summary>
    public void Add(TaskOutput output, ChildEnded ending)
    {
        if (_waiting.Count == Most)
        {
            var (oldest, _) = _waiting.Dequeue();
            log.Write($"task {oldest.TaskId}: its log stays without an end: there are too many of them");
            oldest.Dispose();
        }

        output.Log.ReleaseFile();
        _waiting.Enqueue((output, ending.Clone()));
    }

    public void TryAgainWhenDue()
    {
        if (Any && time.GetElapsedTime(_lastTry) >= RetryInterval)
        {
            TryAgain();
        }
    }

    /// <summary>Seals them, up to the first that cannot be; that one is the last of all the next time.</summary>
    public void TryAgain()
    {
        _lastTry = time.GetTimestamp();
        while (_waiting.TryDequeue(out var next))
        {
            var (output, ending) = next;
            var outcome = output.Log.Seal(ending.EndedAtUnixNs, ending.ToByteArray());

            // ENOENT: the task was removed meanwhile, and its log with it.
            if (!outcome.Succeeded && outcome.Errno != Errno.ENOENT)
            {
                output.Log.ReleaseFile();
                _waiting.Enqueue(next);
                return;
            }

            log.Write($"task {output.TaskId}: its log is sealed after all: {outcome}");
            output.Dispose();
        }
    }
}
