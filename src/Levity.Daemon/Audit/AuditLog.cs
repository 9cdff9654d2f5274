using System.Buffers;
using System.Threading.Channels;
using Levity.Linux;
using Levity.Protocol.Supervisor;

namespace Levity.Daemon.Audit;

/// <summary>
/// The audit log: who asked for what, and what came of it, one record each. A record is in the file (write(2)) when
/// <see cref="Append"/> returns, or, if it may wait for others a moment, in <see cref="Pending"/>; so it survives levityd.
/// It is on the disk about a second later.
/// </summary>
internal sealed partial class AuditLog : IDisposable
{
    // Both together: a gibibyte of records, some three million.
    private const long LargestFile = 16 * 1024 * 1024;
    private const int MostEarlierFiles = 63;

    // Room that only those calls get which stop something or make room: some two hundred of them.
    private const long SetAside = 64 * 1024;

    private const int LargestBatch = 32 * 1024;
    private const int PollsAtOnce = 64;
    private const int MostPolls = 16 * 1024;
    private const int GatherTicks = 20;
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(50);

    private readonly AuditDirectory _directory;
    private readonly AuditSeal _seal;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly long _largestFile;

    // Something is not on the disk yet, or not even written.
    private readonly Channel<bool> _work = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    // Those that may wait, as they came: their lines are made where nobody waits for it, some at a time. The lock is held for
    // a moment, and taken inside the other one where both are.
    private readonly Lock _pollGate = new();
    private readonly Queue<(AuditRecord Record, PendingPlace Place)> _polls = new();

    // Guards all below, and the seal.
    private readonly Lock _gate = new();
    private readonly ArrayBufferWriter<byte> _waiting = new(LargestBatch + AuditRecord.Longest);
    private readonly List<PendingPlace> _waitingPlaces = [];
    private AuditFile _file;
    private long _reserved;
    private long _lost;
    private PendingPlace _lostPlace;
    private bool _isDisposed;

    private AuditLog(AuditDirectory directory, string boot, long largestFile, TimeProvider time, ILogger logger)
    {
        (_directory, _largestFile, _time, _logger) = (directory, largestFile, time, logger);
        _seal = new AuditSeal(time);
        (_file, var news) = AuditOpening.Open(directory, _seal, time, logger);
        var found = PendingOpening.Open(directory, _seal.Sequence, boot, time, logger);
        Pending = found.Pending;
        _lostPlace = Pending.Enter(new AuditRecord(AuditRecord.Lost) { Count = 0 });
        foreach (var record in news.Concat(found.News))
        {
            Append(record);
        }

        foreach (var (place, record) in found.Left)
        {
            TryGather(record, place, beside: 0);
        }

        Write();
        Pending.Settle(found.Unheld, boot);
    }

    /// <summary>Where a call, or a handshake, has its place from its beginning until it is on record.</summary>
    public AuditPending Pending { get; }

    /// <summary>Opens the log in the state directory, or makes it.</summary>
    /// <exception cref="LinuxException">It cannot be opened: a link, no space for it …</exception>
    public static AuditLog Open(
        string stateDirectory, string boot, TimeProvider time, ILogger logger, long largestFile = LargestFile)
    {
        var directory = AuditDirectory.Open(stateDirectory);
        try
        {
            return new AuditLog(directory, boot, largestFile, time, logger);
        }
        catch
        {
            directory.Dispose();
            throw;
        }
    }

    /// <summary>Takes room for the record of a call that is to change something, before it does.</summary>
    /// <param name="last">Whether it may have the room that is set aside.</param>
    /// <returns>False when there is none. If true, the record comes with reserved: true.</returns>
    public bool TryReserve(bool last)
    {
        lock (_gate)
        {
            if (!HasRoom(1, last ? 0 : SetAside))
            {
                return false;
            }

            _reserved++;
            return true;
        }
    }

    /// <summary>Puts it on record.</summary>
    /// <param name="record">What it tells.</param>
    /// <param name="place">Where it has been until now.</param>
    /// <param name="reserved">Whether its room was taken in advance.</param>
    /// <param name="mayWait">Whether it is written with others, a moment later, if it has a place until then.</param>
    public void Append(in AuditRecord record, PendingPlace place = default, bool reserved = false, bool mayWait = false)
    {
        if (mayWait && Pending.TryHold(ref place, record))
        {
            Defer(record, place);
            return;
        }

        lock (_gate)
        {
            // What was over before it stands before it.
            GatherPolls(int.MaxValue);
            _reserved -= reserved ? 1 : 0;
            if (!TryGather(record, place, reserved ? 0 : SetAside))
            {
                return;
            }

            Write();
        }

        _work.Writer.TryWrite(true);
    }

    /// <summary>Writes what waits, and sees to it that all gets on the disk. Works until cancelled.</summary>
    /// <exception cref="LinuxException">The disk has failed: what was written may not be there.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (await _work.Reader.WaitToReadAsync(cancellationToken))
            {
                _work.Reader.TryRead(out _);
                for (var tick = 0; tick < GatherTicks; tick++)
                {
                    await Task.Delay(Gather, _time, cancellationToken);
                    WritePolls();
                }

                Settle();
            }
        }
        catch (OperationCanceledException)
        {
            // Nothing but the token cancels in here; the rest is for Dispose.
        }
    }

    public void Dispose()
    {
        WritePolls();
        lock (_gate)
        {
            if (_isDisposed)
            {
                return;
            }

            TellLost();
            Write();
            _isDisposed = true;
            try
            {
                _file.Flush();
            }
            catch (LinuxException e)
            {
                Log.NotOnDisk(_logger, e);
            }

            _file.Dispose();
            Pending.Dispose();
            _directory.Dispose();
            _seal.Dispose();
        }
    }

    /// <summary>Has all on the disk, where nobody waits for it: the lock is not held meanwhile.</summary>
    internal void Settle()
    {
        AuditFile file;
        AuditFile? full;
        WritePolls();
        lock (_gate)
        {
            TellLost();
            Write();
            full = _file.End >= _largestFile ? TryTurn() : null;
            file = _file;
        }

        if (full is not null)
        {
            full.Flush();
            full.Dispose();
            _directory.Flush();
            RemoveOldest();
        }

        file.Flush();
        if (Volatile.Read(ref _lost) > 0)
        {
            // There may be room now: look again.
            _work.Writer.TryWrite(true);
        }
    }

    private void RemoveOldest()
    {
        foreach (var name in _directory.Earlier.SkipLast(MostEarlierFiles))
        {
            try
            {
                _directory.Remove(name);
            }
            catch (LinuxException e)
            {
                // It is tried again with the next.
                Log.NotRemoved(_logger, e);
            }
        }
    }

    /// <summary>Begins the next file, when there is room for it; the one that was full.</summary>
    private AuditFile? TryTurn()
    {
        AuditFile? next = null;
        try
        {
            next = new AuditFile(_directory.CreateNext(), first: 0, end: 0);
            if (next.HasRoom((_reserved + 1) * AuditRecord.Longest + SetAside))
            {
                _directory.Turn(_file.First);
                (var full, _file) = (_file, next);
                Gathered(new AuditRecord(AuditRecord.Begin));
                Write();
                return full;
            }

            _directory.DropNext();
        }
        catch (LinuxException e)
        {
            // The file is larger than it should be, and that is all.
            Log.NotTurned(_logger, e);
        }

        next?.Dispose();
        return null;
    }

    private void Defer(in AuditRecord record, PendingPlace place)
    {
        int waiting;
        lock (_pollGate)
        {
            _polls.Enqueue((record, place));
            waiting = _polls.Count;
        }

        if (waiting == 1)
        {
            _work.Writer.TryWrite(true);
        }
        else if (waiting >= MostPolls)
        {
            // Faster than they are written: whoever asks so often helps.
            WritePolls();
        }
    }

    // Others come in between: they wait for some lines, not for all.
    private void WritePolls()
    {
        var hasMore = true;
        while (hasMore)
        {
            lock (_gate)
            {
                hasMore = GatherPolls(PollsAtOnce);
                Write();
            }
        }
    }

    // Whether there are more.
    private bool GatherPolls(int most)
    {
        (AuditRecord, PendingPlace)[] polls;
        bool hasMore;
        lock (_pollGate)
        {
            polls = new (AuditRecord, PendingPlace)[Math.Min(most, _polls.Count)];
            for (var i = 0; i < polls.Length; i++)
            {
                polls[i] = _polls.Dequeue();
            }

            hasMore = _polls.Count > 0;
        }

        foreach (var (poll, place) in polls)
        {
            TryGather(poll, place, SetAside);
        }

        return hasMore;
    }

    private bool TryGather(in AuditRecord record, PendingPlace place, long beside)
    {
        if (_lost > 0)
        {
            TellLost();
        }

        if (_isDisposed)
        {
            // It stays in its place, for the next levityd.
            return false;
        }

        if (!HasRoom(1, beside))
        {
            Lose([place], "there is no room for it on the disk");
            return false;
        }

        Gathered(record, place);
        if (_waiting.WrittenCount >= LargestBatch)
        {
            Write();
        }

        return true;
    }

    private bool HasRoom(int records, long beside) => _file.HasRoom(
        _waiting.WrittenCount + ((_reserved + records) * AuditRecord.Longest) + beside);

    private void TellLost()
    {
        if (_lost == 0 || _isDisposed || !HasRoom(1, SetAside))
        {
            return;
        }

        Write();
        Gathered(new AuditRecord(AuditRecord.Lost) { Count = _lost }, _lostPlace);
        if (TryWrite() == 0)
        {
            Log.Found(_logger, _lost);
            _lost = 0;
            _lostPlace = Pending.Enter(new AuditRecord(AuditRecord.Lost) { Count = 0 });
        }
        else
        {
            // It is for another try, and the number for another record.
            Pending.Becomes(_lostPlace, 0);
        }

        ResetWaiting();
    }

    private void Gathered(in AuditRecord record, PendingPlace place = default)
    {
        _waiting.Write(_seal.Next(record, begins: _file.First == 0));
        _waitingPlaces.Add(place);
        Pending.Becomes(place, _seal.Sequence);
        _file.First = _file.First == 0 ? _seal.Sequence : _file.First;
    }

    private void Write()
    {
        if (_waitingPlaces.Count == 0 || _isDisposed)
        {
            return;
        }

        var errno = TryWrite();
        if (errno != 0)
        {
            Lose(_waitingPlaces, Errno.Describe(errno));
        }

        ResetWaiting();
    }

    // Those that are written have given their places back.
    private int TryWrite()
    {
        var errno = _file.Append(_waiting.WrittenSpan);
        if (errno == 0)
        {
            _seal.Settle();
            if (_waitingPlaces.Exists(place => place.IsHeld))
            {
                Failpoints.Pass(Failpoint.AuditWritten);
            }

            Pending.Free(_waitingPlaces);
        }
        else
        {
            _seal.Unsettle();
            _file.First = _file.End == 0 ? 0 : _file.First;
        }

        return errno;
    }

    private void ResetWaiting()
    {
        _waitingPlaces.Clear();
        _waiting.ResetWrittenCount();
    }

    private void Lose(IEnumerable<PendingPlace> places, string why)
    {
        if (_lost == 0)
        {
            Log.Lost(_logger, why);
        }

        foreach (var place in places)
        {
            Pending.Count(place, _lostPlace, ++_lost);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(603, LogLevel.Error,
            "A call cannot be put on record: {Why}. Until it can be again, those are counted that are not")]
        public static partial void Lost(ILogger logger, string why);

        [LoggerMessage(604, LogLevel.Warning, "{Count} calls are not in the audit log, which says so; it goes on now")]
        public static partial void Found(ILogger logger, long count);

        [LoggerMessage(605, LogLevel.Warning, "The audit log cannot go on in a new file, and so it does in the old one")]
        public static partial void NotTurned(ILogger logger, Exception exception);

        [LoggerMessage(606, LogLevel.Error, "The end of the audit log may not be on the disk")]
        public static partial void NotOnDisk(ILogger logger, Exception exception);

        [LoggerMessage(607, LogLevel.Warning, "An old file of the audit log cannot be removed")]
        public static partial void NotRemoved(ILogger logger, Exception exception);
    }
}
