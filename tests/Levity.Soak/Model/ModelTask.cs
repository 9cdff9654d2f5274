using Levity.Protocol;

namespace Levity.Soak.Model;

/// <summary>One task of a history, and everything that anybody was told of it, against what one task may do.</summary>
internal sealed class ModelTask(string id, string output, Operation.Start start)
{
    private const int Sigterm = 15;

    // Guards the list.
    private readonly Lock _gate = new();
    private readonly List<Observation> _observations = [];

    public string Id => id;

    public void Add(Observation observation)
    {
        lock (_gate)
        {
            _observations.Add(observation);
        }
    }

    /// <summary>What no task can have done; null when there is an order of the calls that explains all answers.</summary>
    public string? Fault()
    {
        var all = _observations;
        var backwards =
            from earlier in all
            from later in all
            where earlier.IsBefore(later) && earlier.AtLeast > later.AtMost
            select $"after {earlier} came {later}";
        return backwards.FirstOrDefault()
            ?? all.Select(FaultOf).FirstOrDefault(fault => fault is not null)
            ?? (all.Select(o => o.End).OfType<QueryTaskResponse>().Distinct().Skip(1).Any() ? "two different ends" : null);
    }

    public override string ToString() => $"{id} ({start}): {string.Join("; ", _observations.OrderBy(o => o.Invoked))}";

    private string? FaultOf(Observation observation)
    {
        var stopped = Invoked<Operation.Signal>(before: observation);
        return observation switch
        {
            { AtLeast: Station.Removed, Operation: not Operation.Remove }
                when !Invoked<Operation.Remove>(before: observation) => $"gone, and nobody removed it: {observation}",
            { AtLeast: Station.Signalled, AtMost: Station.Signalled } when !stopped => $"nobody stopped it: {observation}",
            { End: { } end } when !IsPossible(end, stopped) => $"an end that it cannot have had: {observation}",
            { Output: { } seen } when !IsPossible(seen, observation, stopped) => $"output that it has not: {observation}",
            _ => null,
        };
    }

    private bool IsPossible(QueryTaskResponse end, bool stopped)
    {
        var byItself = end is { StatusCode: TaskStatusCode.Finished, HasExitCode: true } && end.ExitCode == start.Code;
        var bySignal = end is { StatusCode: TaskStatusCode.Finished, HasExitCode: false, Ending.Signal: Sigterm };
        return (byItself && !start.Sleeps) || (bySignal && stopped);
    }

    // All of it once it was told to be over; one that was stopped may not have come to writing.
    private bool IsPossible(string seen, Observation read, bool stopped)
    {
        var complete = !stopped && _observations.Any(o => o.End is not null && o.IsBefore(read));
        var earlier = _observations.Where(o => o.Output is not null && o.IsBefore(read));
        return output.StartsWith(seen, StringComparison.Ordinal)
            && (!complete || seen == output)
            && earlier.All(o => seen.StartsWith(o.Output!, StringComparison.Ordinal));
    }

    private bool Invoked<T>(Observation before)
        where T : Operation => _observations.Any(o => o.Operation is T && o.Invoked < before.Completed);
}
