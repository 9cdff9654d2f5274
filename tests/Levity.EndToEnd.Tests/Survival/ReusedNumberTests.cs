using Levity.EndToEnd.Tests.Fixtures;
using Levity.Protocol;

namespace Levity.EndToEnd.Tests.Survival;

/// <summary>
/// The number of a task's process becomes a stranger's while nobody of Levity is there, as after a restart of the machine:
/// the stranger is never signalled. (Invariant I8.)
/// </summary>
public sealed class ReusedNumberTests
{
    private const int Rounds = 5;

    [Fact]
    public async Task A_stranger_with_the_number_of_a_lost_task_lives_on()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "a namespace of process numbers needs root");
        await using var space = await PidNamespace.TryCreateAsync();
        Assert.SkipWhen(space is null, "there are no namespaces of process numbers here");
        await using var server = await LevityServer.StartAsync(new ServerSettings { Launcher = _ => space!.Launcher });
        for (var (met, tries) = (0, 0); met < Rounds; tries++)
        {
            Assert.True(tries < 10 * Rounds, $"somebody else had the number {tries - met} times of {tries}");
            var id = await server.Client().ShellAsync("echo ready; exec sleep 300");
            await server.Client().OutputAsync(id, "ready\n");
            var process = Assert.Single(ProcessTable.OfTask(id));
            var number = PidNamespace.NumberOf(process);

            // levityd first, which would start another supervisor; the stranger has the number before anybody is back.
            var supervisor = server.SupervisorPid;
            await server.Kill9Async();
            await Signals.SendAsync("KILL", supervisor);
            await Signals.SendAsync("KILL", process);
            await Eventually.TrueAsync(() => !Directory.Exists($"/proc/{process}"), "the end of the task's process");
            var found = await space!.TryStartStrangerAsync(number);
            await server.RestartAsync();
            if (found is not { } stranger)
            {
                continue;
            }

            met++;

            var client = server.Client();
            var end = await client.EndAsync(id);
            Assert.Equal((TaskStatusCode.Lost, false, false), (end.StatusCode, end.HasExitCode, end.Ending.HasSignal));
            await client.SignalAsync(id);
            await client.QueryAsync(id);
            await client.SuccessAsync(await client.StartAsync("true"));
            Assert.NotNull(ProcessEntry.Find(stranger));
            Assert.NotEqual('Z', ProcessEntry.Find(stranger)!.State);
            await Signals.SendAsync("KILL", stranger);
        }

        await server.Kill9Async();
        await server.StopSupervisorAsync();
    }
}
