using System.Runtime.InteropServices;
using System.Text;
using Levity.Linux;
using Levity.Protocol.Supervisor;

namespace Levity.Daemon.Audit;

/// <summary>
/// What is not on record yet, in the file <c>audit.pending</c>: calls and handshakes that are open, calls whose records
/// wait for others, and sums. It is memory that outlives levityd, so that the next one finds there what a kill -9 has left,
/// and puts it on record (<see cref="PendingOpening"/>).
/// </summary>
/// <remarks>
/// When there is no place, or no such file, what is open is counted, in the file if there is one; and no record waits.
/// </remarks>
internal sealed class AuditPending : IDisposable
{
    internal const int PlacesAtOnce = 1024;

    // 32 MiB. Each stream that is open has one, and polls for 50 ms.
    internal const int MostPlaces = 64 * PlacesAtOnce;

    private readonly LinuxFile? _file;
    private readonly MappedFile? _memory;

    // Guards all below, and what is in the file. The last that was given back is the next that is taken: few pages are used.
    private readonly Lock _gate = new();
    private readonly Stack<int> _free = new(PlacesAtOnce);
    private int _places;
    private bool _isDisposed;

    /// <summary>Without a file.</summary>
    public AuditPending()
    {
    }

    /// <param name="file">One of <see cref="PendingFile"/>.</param>
    /// <param name="memory">The same, as long as it may ever be.</param>
    /// <param name="places">How many places it has.</param>
    public AuditPending(LinuxFile file, MappedFile memory, int places) => (_file, _memory, _places) = (file, memory, places);

    public int Places => _places;

    /// <summary>How many have no place.</summary>
    public int Unheld => _memory is null ? 0 : Header<int>(PendingFile.UnheldAt);

    /// <summary>The entry in a place, for who puts the file in order before anybody else uses it.</summary>
    public PendingEntry this[int place] => new(_memory!.Slice(place * PendingEntry.Size, PendingEntry.Size));

    /// <summary>Places that are free may be taken from now on.</summary>
    public void Begin()
    {
        lock (_gate)
        {
            AddFree(from: 1);
        }
    }

    /// <summary>What was left is on record, and how many had no place.</summary>
    public void Settle(int unheld, string boot)
    {
        lock (_gate)
        {
            if (_memory is null)
            {
                return;
            }

            CountUnheld(-unheld);
            var room = _memory.Slice(PendingFile.BootAt, PendingFile.BootLength);
            room.Clear();
            Encoding.ASCII.TryGetBytes(boot, room, out _);
        }
    }

    /// <summary>Takes a place for what is to be on record later. It has to be given back, whatever it is.</summary>
    public PendingPlace Enter(in AuditRecord record)
    {
        lock (_gate)
        {
            if (TryTake() is not { } number)
            {
                CountUnheld(+1);
                return PendingPlace.None;
            }

            this[number].Fill(record);
            return new PendingPlace(number);
        }
    }

    /// <summary>More is known of it.</summary>
    public void Note(PendingPlace place, in AuditRecord more)
    {
        lock (_gate)
        {
            if (IsHere(place))
            {
                this[place.Number].Add(more);
            }
        }
    }

    /// <summary>Has all that its record will tell in its place, which it takes if it has none.</summary>
    /// <returns>False when there is no room: its record cannot wait.</returns>
    public bool TryHold(ref PendingPlace place, in AuditRecord record)
    {
        lock (_gate)
        {
            if (IsHere(place))
            {
                return this[place.Number].TryFinish(record.Outcome!, record.Duration ?? TimeSpan.Zero);
            }

            if (place != default || TryTake() is not { } number)
            {
                return false;
            }

            place = new PendingPlace(number);
            return this[number].Fill(record);
        }
    }

    /// <summary>It is to be the record with this number, or 0: of none any more.</summary>
    public void Becomes(PendingPlace place, long number)
    {
        lock (_gate)
        {
            if (IsHere(place))
            {
                Volatile.Write(ref this[place.Number].Number, number);
            }
        }
    }

    /// <summary>It is the latest that a sum counts, and has no record of its own.</summary>
    public void Count(PendingPlace place, PendingPlace sum, long count)
    {
        lock (_gate)
        {
            if (IsHere(sum))
            {
                if (IsHere(place))
                {
                    this[place.Number].CountIn(sum.Number, count);
                }

                Volatile.Write(ref this[sum.Number].Count, count);
            }

            Failpoints.Pass(Failpoint.AuditCounted);
            Leave(place);
        }
    }

    /// <summary>It is on record, or not to be.</summary>
    public void Free(PendingPlace place)
    {
        lock (_gate)
        {
            Leave(place);
        }
    }

    /// <summary>They are on record.</summary>
    public void Free(List<PendingPlace> places)
    {
        lock (_gate)
        {
            foreach (var place in places)
            {
                Leave(place);
            }
        }
    }

    /// <summary>What is in the file stays there.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            _memory?.Dispose();
            _file?.Dispose();
        }
    }

    private bool IsHere(PendingPlace place) => place.IsHeld && !_isDisposed;

    private void Leave(PendingPlace place)
    {
        if (IsHere(place))
        {
            this[place.Number].Clear();
            _free.Push(place.Number);
        }
        else if (place == PendingPlace.None)
        {
            CountUnheld(-1);
        }
    }

    private int? TryTake()
    {
        if (_memory is null || _isDisposed || (_free.Count == 0 && !TryGrow()))
        {
            return null;
        }

        return _free.Pop();
    }

    private bool TryGrow()
    {
        var more = _places + PlacesAtOnce;
        if (more > MostPlaces || PendingFile.Extend(_file!, more) != 0)
        {
            return false;
        }

        var before = _places;
        _places = more;
        AddFree(from: before + 1);
        return true;
    }

    private void AddFree(int from)
    {
        for (var place = _places; place >= from; place--)
        {
            if (this[place].IsFree)
            {
                _free.Push(place);
            }
        }
    }

    private void CountUnheld(int more)
    {
        if (_memory is not null && !_isDisposed)
        {
            Header<int>(PendingFile.UnheldAt) += more;
        }
    }

    private ref T Header<T>(int offset)
        where T : unmanaged => ref MemoryMarshal.AsRef<T>(_memory!.Slice(0, PendingEntry.Size)[offset..]);
}
