namespace Levity.Daemon.Tasks;

/// <summary>
/// All tasks in the order of <see cref="TaskPosition"/>, and those of each owner by themselves. Whoever goes through them
/// takes some at a time, from wherever they are: the next ones are found in a tree, and nobody waits for a reader.
/// </summary>
internal sealed class TaskOrder
{
    // Guards what is in it. Held for the steps to one task, or to the next few hundred of them, never over a wait.
    private readonly Lock _gate = new();
    private SortedSet<Place> _all = [];
    private readonly Dictionary<string, SortedSet<Place>> _ofOwner = new(StringComparer.Ordinal);

    /// <summary>
    /// Begins with these, which there are when levityd starts: a tree that is made of all places at once takes a fraction of the
    /// time of one that grows.
    /// </summary>
    public void Begin(IReadOnlyCollection<ManagedTask> tasks)
    {
        var places = new SortedSet<Place>(tasks.Select(task => new Place(TaskPosition.Of(task.Record), task)));
        lock (_gate)
        {
            _all = places;
            foreach (var own in places.GroupBy(place => place.Task!.Record.Owner, StringComparer.Ordinal))
            {
                // Of a tree that is there a copy is made, without a comparison.
                _ofOwner[own.Key] = new SortedSet<Place>(own.Count() == places.Count ? places : own);
            }
        }
    }

    public void Add(ManagedTask task)
    {
        var place = new Place(TaskPosition.Of(task.Record), task);
        lock (_gate)
        {
            _all.Add(place);
            if (!_ofOwner.TryGetValue(task.Record.Owner, out var own))
            {
                _ofOwner[task.Record.Owner] = own = [];
            }

            own.Add(place);
        }
    }

    public void Remove(ManagedTask task)
    {
        var (place, owner) = (new Place(TaskPosition.Of(task.Record), task), task.Record.Owner);
        lock (_gate)
        {
            _all.Remove(place);
            if (_ofOwner.TryGetValue(owner, out var own) && own.Remove(place) && own.Count == 0)
            {
                _ofOwner.Remove(owner);
            }
        }
    }

    /// <summary>
    /// Goes through the tasks on one side of a position, which is not among them. Those that come and go meanwhile may be
    /// among them or not; each of the others is, once.
    /// </summary>
    /// <param name="owner">Whose; null for all.</param>
    /// <param name="newestFirst">Towards the older ones, or towards the newer ones.</param>
    /// <param name="from">Where to begin; null for the end that comes first.</param>
    public IEnumerable<ManagedTask> Walk(string? owner, bool newestFirst, TaskPosition? from)
    {
        // Little for whoever wants one page, and no more than a few hundred for whoever looks at all.
        const int first = 32;
        const int most = 512;
        var position = from ?? (newestFirst ? TaskPosition.Last : TaskPosition.First);
        for (var count = first; ; count = Math.Min(count * 2, most))
        {
            var places = Next(owner, newestFirst, position, count);
            foreach (var place in places)
            {
                yield return place.Task!;
            }

            if (places.Count < count)
            {
                yield break;
            }

            position = places[^1].Position;
        }
    }

    private List<Place> Next(string? owner, bool newestFirst, TaskPosition after, int count)
    {
        lock (_gate)
        {
            if ((owner is null ? _all : _ofOwner.GetValueOrDefault(owner)) is not { } tasks)
            {
                return [];
            }

            var here = new Place(after, null);
            var rest = newestFirst
                ? tasks.GetViewBetween(new Place(TaskPosition.First, null), here).Reverse()
                : tasks.GetViewBetween(here, new Place(TaskPosition.Last, null));
            return [.. rest.Where(place => place.Position != after).Take(count)];
        }
    }

    private readonly record struct Place(TaskPosition Position, ManagedTask? Task) : IComparable<Place>
    {
        public int CompareTo(Place other) => Position.CompareTo(other.Position);
    }
}
