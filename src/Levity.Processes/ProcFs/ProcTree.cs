namespace Levity.Processes.ProcFs;

/// <summary>Who descends from whom, in a table of processes.</summary>
internal sealed class ProcTree(IReadOnlyList<ProcStat> table)
{
    private readonly Dictionary<int, ProcStat> _byPid = table.ToDictionary(process => process.Pid);
    private readonly ILookup<int, ProcStat> _byParent = table.ToLookup(process => process.ParentPid);

    /// <summary>The numbers of a process's parent, its parent, and so on.</summary>
    internal HashSet<int> AncestorsOf(int pid)
    {
        var ancestors = new HashSet<int>();
        while (_byPid.TryGetValue(pid, out var process) && ancestors.Add(process.ParentPid))
        {
            pid = process.ParentPid;
        }

        return ancestors;
    }

    /// <summary>The processes that a rule picks, and all that descend from them.</summary>
    internal IReadOnlyCollection<ProcStat> WithDescendants(Func<ProcStat, bool> picks)
    {
        var found = new Dictionary<int, ProcStat>();
        var toVisit = new Stack<ProcStat>(table.Where(picks));
        while (toVisit.TryPop(out var process))
        {
            if (!found.TryAdd(process.Pid, process))
            {
                continue;
            }

            foreach (var child in _byParent[process.Pid])
            {
                toVisit.Push(child);
            }
        }

        return found.Values;
    }
}
