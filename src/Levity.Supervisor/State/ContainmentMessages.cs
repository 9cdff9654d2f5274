using Levity.Processes;
using Levity.Protocol.Supervisor;

namespace Levity.Supervisor.State;

/// <summary>The state of a containment as a HandedChild carries it.</summary>
internal static class ContainmentMessages
{
    public static void Put(ContainmentState state, HandedChild child)
    {
        child.Leader = Of(state.Leader);
        child.Place = (HandedChild.Types.Place)state.Place;
        child.Settled = state.IsSettled;
        child.Killed.AddRange(state.Killed.Select(Of));
        child.Limits.AddRange(
            state.Limits.Select(limit => new HandedLimit { Controller = limit.Controller, Directory = limit.Directory }));
    }

    public static ContainmentState Get(HandedChild child) => new()
    {
        Leader = Of(child.Leader),
        Place = (ContainmentPlace)child.Place,
        IsSettled = child.Settled,
        Killed = [.. child.Killed.Select(Of)],
        Limits = [.. child.Limits.Select(limit => new LimitPlace(limit.Controller, limit.Directory))],
    };

    private static HandedProcess Of(Member member) => new() { Pid = member.Pid, StartTime = member.StartTime };

    private static Member Of(HandedProcess process) => new(process.Pid, process.StartTime);
}
