using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Google.Protobuf.WellKnownTypes;
using Levity.Linux;
using Levity.Processes;
using Levity.Processes.Cgroups;
using Levity.Protocol.Supervisor;
using Levity.Supervisor.Children;
using Levity.Supervisor.Control;
using Levity.Supervisor.Output;
using Levity.Supervisor.State;

namespace Levity.Supervisor;

/// <summary>
/// The supervisor proper: puts its parts together and runs until it is told to stop. It begins with nothing, or goes on
/// with what another program of this very process has handed over.
/// </summary>
internal static class ServeVerb
{
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(5);

    /// <param name="stateDirectory">Its state directory.</param>
    /// <param name="handOver">The number of the descriptor that has the <see cref="HandOver"/>, if there is one.</param>
    public static int Run(string stateDirectory, int? handOver)
    {
        using var log = new SupervisorLog(TimeProvider.System);
        try
        {
            Serve(stateDirectory, handOver is { } number ? HandOverFile.Read(number) : null, log);
            return 0;
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            log.Write($"cannot serve '{stateDirectory}': {e.Message}");
            return 1;
        }
    }

    private static void Serve(string stateDirectory, HandOver? handed, SupervisorLog log)
    {
        var time = TimeProvider.System;
        using var directory = handed is null
            ? SupervisorDirectory.Take(stateDirectory, time)
            : SupervisorDirectory.Resume(stateDirectory, handed.LockFd);

        // Tasks inherit it. Files of our own are made with their modes, whatever it is.
        ProcessUmask.Set(0b000_010_010);
        Subreaper.Enable();
        var limits = handed is null
            ? new TaskLimits(DescriptorLimit.RaiseToMaximum(), OomProtection.Take())
            : new TaskLimits(handed.DescriptorLimit, OomProtection.Take(handed.OomScoreAdj));
        using var containments = OpenContainments(stateDirectory, handed);
        if (handed is null && containments.KillLeftovers(directory.IsOurs) is > 0 and var leftovers)
        {
            log.Write($"ended {leftovers} processes of a supervisor that was killed");
        }

        using var work = new WorkQueue();
        using var starter = new ChildStarter(directory, containments, limits, work, time);
        var levityd = new LevitydPeer();
        using var output = new OutputLoop(
            grown => work.Post(() => levityd.Tell(new Reply { LogGrown = grown })), time, log);
        ChildLives? lives = null;
        var exits = new ExitWatcher(() => work.Post(() => lives!.ReapAll()));
        lives = new ChildLives(starter, output, work, exits, levityd, time, log);
        using var server = new ControlServer(log);
        var upgrade = new SupervisorUpgrade(
            work,
            lives,
            levityd,
            output,
            containments,
            new HandOverWriter(lives, output, server, directory, containments, limits),
            stateDirectory,
            log);
        var requests = new RequestHandler(
            lives, output, new LostTasks(directory, log), levityd, upgrade, new ChildMeter(containments, time, log),
            containments.Kind, log);
        var loop = new SupervisorLoop(work, lives, requests, levityd);

        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            loop.Stop(StopGrace);
        });
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => context.Cancel = true);
        using var hangup = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => context.Cancel = true);

        if (handed is null)
        {
            server.Listen(directory.SocketPath);
        }
        else
        {
            new HandOverReader(lives, starter, output, work, directory, containments, log).Restore(handed);
            server.Resume(handed.ListenerFd);

            SupervisorUpgrade.LetSignalsThrough();
        }

        output.Start();
        exits.Start();
        _ = server.AcceptAsync(loop);
        log.Write(
            $"{ThisBuild.Version} serving '{stateDirectory}' as process {Environment.ProcessId}; containment: {containments.Description}");
        if (handed is null)
        {
            Readiness.Tell(log);
        }
        else
        {
            log.Write(
                $"went on with {handed.Live.Count} live tasks and {handed.Ended.Count} endings from {handed.ProgramVersion}");
            server.ResumeConnection(handed.AskerFd, loop).Post(new Reply { Id = handed.RequestId, Done = new Empty() });
        }

        loop.Run();
        server.Dispose();
        output.Stop();
        log.Write($"stopped");
        File.Delete(directory.SocketPath);
    }

    private static ContainmentRoot OpenContainments(string stateDirectory, HandOver? handed) =>
        handed is null
            ? ContainmentRoot.Open(ContainmentName(stateDirectory))
            : ContainmentRoot.Reopen(
                ContainmentName(stateDirectory),
                handed.Cgroup is { } cgroup ? new CgroupLocation(cgroup.Directory, cgroup.Name) : null);

    // One name for one state directory, so that a successor finds what a killed supervisor left.
    private static string ContainmentName(string stateDirectory) =>
        $"levity-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Path.GetFullPath(stateDirectory))))[..16]}";
}
