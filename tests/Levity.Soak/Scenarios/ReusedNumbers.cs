using Levity.EndToEnd.Tests.Fixtures;
using Levity.Protocol;

namespace Levity.Soak.Scenarios;

/// <summary>
/// The number of a task's process becomes a stranger's, with its session and its group, while levityd is away, alone or with
/// its supervisor. Then the task is asked after, stopped and removed by those who come back, and the stranger lives on.
/// </summary>
internal sealed class ReusedNumbers : IScenario
{
    private const int TasksARound = 5;

    public string Name => "reused-numbers";

    public string? Obstacle => Environment.IsPrivilegedProcess ? null : "a namespace of process numbers needs root";

    public async Task RunAsync(Soaking soaking)
    {
        await using var space = await PidNamespace.TryCreateAsync();
        if (space is null)
        {
            soaking.Tally.Skip("there are no namespaces of process numbers here");
            return;
        }

        await using var server = await LevityServer.StartAsync(new ServerSettings { Launcher = _ => space.Launcher });
        var rounds = soaking.Options.Amount(full: 30, quick: 2);
        for (var round = 0; round < rounds; round++)
        {
            await RunAsync(soaking, server, space, withSupervisor: round % 2 == 0);
        }

        // A thread of the supervisor's may have been quicker than a stranger now and then.
        if (soaking.Tally.Faults * 2 < rounds * TasksARound)
        {
            soaking.Tally.Violation("run", $"only {soaking.Tally.Faults} numbers were used again");
        }

        await server.Kill9Async();
        await server.StopSupervisorAsync();
    }

    private static async Task RunAsync(Soaking soaking, LevityServer server, PidNamespace space, bool withSupervisor)
    {
        var tasks = new List<(string Id, int Process, int Number)>();
        for (var i = 0; i < TasksARound; i++)
        {
            var id = await server.Client().ShellAsync("echo ready; exec sleep 300");
            soaking.Tally.Task();
            await server.Client().OutputAsync(id, "ready\n");
            var process = ProcessTable.OfTask(id).Single();
            tasks.Add((id, process, PidNamespace.NumberOf(process)));
        }

        // levityd first, which would start another supervisor; the strangers have the numbers before anybody is back.
        var supervisor = server.SupervisorPid;
        await server.Kill9Async();
        if (withSupervisor)
        {
            await Signals.SendAsync("KILL", supervisor);
        }

        var strangers = new List<int>();
        foreach (var (_, process, _) in tasks)
        {
            await Signals.SendAsync("KILL", process);
            await Eventually.TrueAsync(() => !Directory.Exists($"/proc/{process}"), "the end of the task's process");
        }

        // From the last to the first: what starts a stranger gets the number that follows on that of the one before.
        foreach (var number in tasks.Select(task => task.Number).OrderDescending())
        {
            if (await space.TryStartStrangerAsync(number) is { } stranger)
            {
                strangers.Add(stranger);
                soaking.Tally.Fault();
            }
        }

        await server.RestartAsync();
        foreach (var (id, _, _) in tasks)
        {
            await EndAsync(soaking, server.Client(), id, withSupervisor);
        }

        await server.Client().SuccessAsync(await server.Client().StartAsync("true"));
        foreach (var stranger in strangers)
        {
            if (ProcessEntry.Find(stranger) is not { State: not 'Z' })
            {
                soaking.Tally.Violation("I8", $"a stranger was ended who has the number of a task's process: {stranger}");
            }

            await Signals.TrySendAsync("KILL", stranger);
        }
    }

    private static async Task EndAsync(Soaking soaking, TestClient client, string id, bool withSupervisor)
    {
        var end = await client.EndAsync(id);
        var isTrue = withSupervisor
            ? end is { StatusCode: TaskStatusCode.Lost, HasExitCode: false, Ending.HasSignal: false }
            : end is { StatusCode: TaskStatusCode.Finished, HasExitCode: false, Ending: { HasSignal: true, Signal: 9 } };
        if (!isTrue)
        {
            soaking.Tally.Violation("I3", $"{id} was killed while levityd was away, and is {end}");
        }

        await client.SignalAsync(id);
        if (!end.Equals(await client.QueryAsync(id)))
        {
            soaking.Tally.Violation("I3", $"{id} was over, and has another end since it was asked to stop");
        }

        await client.RemoveAsync(id, force: true);
    }
}
