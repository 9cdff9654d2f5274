using Levity.Linux;

namespace Levity.Daemon.Audit;

/// <summary>
/// Finds what an earlier levityd has left in audit.pending. Each entry becomes one record, unless it was one already, or is
/// in a sum: levityd may have been killed between that and giving the place back.
/// </summary>
internal static partial class PendingOpening
{
    private const string Interrupted = "levityd ended before it did";

    // In the page cache all was in order; what of that is on the disk, in either file, nobody knows.
    private const string MachineEnded = "the machine ended before it was known to be on record: it may have another record";

    /// <summary>Opens the file, or makes it. That it cannot is told, and no reason not to serve.</summary>
    /// <param name="directory">Where the log is too.</param>
    /// <param name="last">The number of the last record in the log.</param>
    /// <param name="boot">The present boot of the machine.</param>
    /// <param name="time">What names of files that are put aside have.</param>
    /// <param name="logger">Is told, as the log is.</param>
    public static PendingFinding Open(AuditDirectory directory, long last, string boot, TimeProvider time, ILogger logger)
    {
        var news = new List<AuditRecord>();
        if (OpenFile(directory, time, news, logger) is not ({ } pending, var usedIn))
        {
            return new PendingFinding(new AuditPending(), [], news, Unheld: 0);
        }

        var left = Left(pending, last, news, logger).Select(left => (left.Place, usedIn == boot || usedIn is null
            ? left.Record
            : left.Record with { Reason = MachineEnded })).ToList();
        var unheld = pending.Unheld;
        if (unheld > 0)
        {
            news.Add(new AuditRecord(AuditRecord.Lost)
            {
                Count = unheld,
                Reason = $"{Interrupted}, and audit.pending had no place for them",
            });
        }

        pending.Begin();
        return new PendingFinding(pending, left, news, unheld);
    }

    private static (AuditPending, string?)? OpenFile(
        AuditDirectory directory, TimeProvider time, List<AuditRecord> news, ILogger logger)
    {
        try
        {
            if (PendingFile.Open(directory) is { } opened)
            {
                return opened;
            }

            var aside = directory.PutPendingAside(time.GetUtcNow());
            Tell($"audit.pending is not as levityd makes it: it is kept as {aside}, and what was open then has no record");
            return PendingFile.Open(directory);
        }
        catch (LinuxException e)
        {
            Tell($"audit.pending cannot be used, and without it what is open when levityd ends has no record: {e.Message}");
            return null;
        }

        void Tell(string reason)
        {
            Log.Told(logger, reason);
            news.Add(new AuditRecord(AuditRecord.Pending) { Reason = reason });
        }
    }

    private static List<(PendingPlace Place, AuditRecord Record)> Left(
        AuditPending pending, long last, List<AuditRecord> news, ILogger logger)
    {
        var (left, over, damaged) = (new List<(PendingPlace, AuditRecord)>(), new List<int>(), 0);
        for (var place = 1; place <= pending.Places; place++)
        {
            var entry = pending[place];
            if (entry.IsFree)
            {
                continue;
            }

            if (!entry.TryRead(out var record))
            {
                damaged++;
                over.Add(place);
            }
            else if (entry.Number is var number && number > 0 && number <= last || record.Count == 0 || IsInSum(pending, entry))
            {
                over.Add(place);
            }
            else
            {
                left.Add((new PendingPlace(place), RecordOf(record)));
            }
        }

        // Not before all have been looked at: what is in a sum is known by the sum. And no number may be taken for a later
        // record's.
        over.ForEach(place => pending[place].Clear());
        left.ForEach(one => pending[one.Item1.Number].Renew());
        if (damaged > 0)
        {
            var reason = $"{damaged} places of audit.pending cannot be read; what was open there has no record";
            Log.Told(logger, reason);
            news.Add(new AuditRecord(AuditRecord.Pending) { Reason = reason });
        }

        return left;
    }

    private static bool IsInSum(AuditPending pending, PendingEntry entry)
    {
        var (number, count) = entry.Counted;
        return count > 0 && number > 0 && number <= pending.Places
            && pending[number] is var sum && !sum.IsFree && sum.Count >= count;
    }

    // A sum is one, and what is over is known.
    private static AuditRecord RecordOf(in AuditRecord record) => record.Outcome is not null || record.Count is not null
        ? record
        : record with { Time = null, Began = record.Time, Duration = null, Outcome = Outcomes.Interrupted, Reason = Interrupted };

    private static partial class Log
    {
        [LoggerMessage(608, LogLevel.Warning, "The audit log: {Reason}")]
        public static partial void Told(ILogger logger, string reason);
    }
}

/// <param name="Pending">What is open now.</param>
/// <param name="Left">What was left, and the places where it is until it is on record.</param>
/// <param name="News">What else there is to tell.</param>
/// <param name="Unheld">How many had no place; it is among the news.</param>
internal sealed record PendingFinding(
    AuditPending Pending,
    IReadOnlyList<(PendingPlace Place, AuditRecord Record)> Left,
    IReadOnlyList<AuditRecord> News,
    int Unheld);
