using Grpc.Core;
using Levity.EndToEnd.Tests.Fixtures;
using Levity.Soak.Load;

namespace Levity.Soak.Checks;

/// <summary>
/// What must be true of an arena once its faults are over: I1 to I8 of docs/reliability.md, against what the tasks
/// themselves have written down.
/// </summary>
internal sealed class Invariants(Arena arena, bool supervisorsEnded, CancellationToken cancellationToken)
{
    private const int AtOnce = 16;
    private const int Sample = 50;

    private readonly ParallelOptions _parallel =
        new() { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };

    /// <summary>The disk was full: a log may lack bytes, when it says how many.</summary>
    public bool GapsExpected { get; init; }

    /// <summary>levityd must be up; it is restarted once. Lets the <see cref="ErrandKind.Tick"/> tasks end.</summary>
    public async Task CheckAsync()
    {
        arena.Truth.OpenGate();
        await AllEndAsync();
        NothingIsLeft();
        await ForeignersLearnNothingAsync();
        if (arena.Bystander.HasExited)
        {
            arena.Tally.Violation("I8", "a process that is none of Levity's was ended");
        }

        StartsAreCounted();
        await EndingsAndLogsAreTrueAsync();

        // All of it is durable: the next levityd says the same.
        await arena.Server.SigtermAsync();
        await arena.Server.RestartAsync();
        await Parallel.ForEachAsync(arena.Acknowledged, _parallel, async (entry, _) => await arena.LookAtAsync(entry));
    }

    private Task AllEndAsync() => Parallel.ForEachAsync(arena.Acknowledged, _parallel, async (entry, _) =>
    {
        try
        {
            await arena.Alice.EndAsync(entry.Id!);
        }
        catch (TimeoutException e)
        {
            arena.Tally.Violation("I3", $"{entry.Errand} does not end: {e.Message}");
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.NotFound)
        {
            // Said below.
        }

        await arena.LookAtAsync(entry);
    });

    // I5. The directory of the truth is an argument of each task's shell; the orphans are found by their variable.
    private void NothingIsLeft()
    {
        var ids = arena.Acknowledged.Select(entry => $"LEVITY_TASK_ID={entry.Id}").ToHashSet();
        var left = ProcessTable.WithArgument(arena.Truth.Directory)
            .Union(ProcessTable.WithWord("environ", ids.Contains))
            .ToList();
        foreach (var pid in left)
        {
            var command = ProcessTable.ReadText($"/proc/{pid}/cmdline")?.Replace('\0', ' ');
            arena.Tally.Violation("I5", $"all tasks are over, and process {pid} is there: {command}");
        }
    }

    private async Task ForeignersLearnNothingAsync()
    {
        foreach (var entry in arena.Acknowledged.TakeLast(Sample))
        {
            try
            {
                var answer = await arena.Bob.QueryAsync(entry.Id!);
                arena.Tally.Violation("I6", $"bob was told of alice's {entry.Id}: {answer}");
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.NotFound)
            {
                // As if there were no such task.
            }
        }
    }

    private void StartsAreCounted()
    {
        var starts = arena.Truth.Starts();
        foreach (var entry in arena.Entries)
        {
            var ids = starts[entry.Errand.Token].ToList();
            if (ids.Count > 1)
            {
                arena.Tally.Violation("I2", $"{entry.Errand} was executed {ids.Count} times, as {string.Join(", ", ids)}");
            }
            else if (entry.Refused && ids.Count > 0)
            {
                arena.Tally.Violation("I2", $"{entry.Errand} was refused, and executed as {ids[0]}");
            }
            else if (entry.Id is not null && !IsCutShort(entry) && !ids.Contains(entry.Id))
            {
                arena.Tally.Violation("I1", $"{entry.Errand} was acknowledged as {entry.Id}, and has never run");
            }
        }
    }

    private async Task EndingsAndLogsAreTrueAsync()
    {
        var ends = arena.Truth.Ends();
        await Parallel.ForEachAsync(arena.Acknowledged, _parallel, async (entry, _) =>
        {
            if (entry.End is not { } end)
            {
                return;
            }

            int? lines = ends.TryGetValue(entry.Errand.Token, out var truth) ? truth.Lines : null;
            if (Endings.Fault(entry, end, mayBeCutShort: supervisorsEnded) is { } fault)
            {
                arena.Tally.Violation("I3", $"{entry.Errand}, {entry.Id}: {fault}: {end}");
            }

            var log = await arena.Alice.FetchAsync(entry.Id!);
            if (GapsExpected && entry.IsStopped)
            {
                // How much it had written, and what of it found room, nobody knows.
                return;
            }

            if (GapsExpected && log.Gaps.Count > 0)
            {
                Logs.CheckSum(arena.Tally, entry, log, lines ?? entry.Errand.Lines);
            }
            else
            {
                Logs.Check(arena.Tally, entry, log, IsCutShort(entry) || entry.IsStopped ? null : lines ?? entry.Errand.Lines);
            }
        });
    }

    private static bool IsCutShort(Entry entry) => entry.End is { } end && Endings.IsCutShort(end);
}
