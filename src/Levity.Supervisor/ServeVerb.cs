using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Levity.Linux;
using Levity.Processes;
using Levity.Protocol.Supervisor;
using Levity.Supervisor.Children;
using Levity.Supervisor.Control;
using Levity.Supervisor.Output;
using Levity.Supervisor.State;
using Microsoft.Win32.SafeHandles;

namespace Levity.Supervisor;

/// <summary>The supervisor proper: puts its parts together and runs until it is told to stop.</summary>
internal static class ServeVerb
{
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(5);

    public static int Run(string stateDirectory)
    {
        using var log = new SupervisorLog(TimeProvider.System);
        try
        {
            Serve(stateDirectory, log);
            return 0;
        }
        catch (IOException e)
        {
            log.Write($"cannot serve '{stateDirectory}': {e.Message}");
            return 1;
        }
    }

    private static void Serve(string stateDirectory, SupervisorLog log)
    {
        var time = TimeProvider.System;
        using var directory = SupervisorDirectory.Take(stateDirectory);

        // Tasks inherit it. Files of our own are made with their modes, whatever it is.
        ProcessUmask.Set(0b000_010_010);
        Subreaper.Enable();
        var descriptorLimit = DescriptorLimit.RaiseToMaximum();
        using var containments = ContainmentRoot.Open(ContainmentName(stateDirectory));
        if (containments.KillLeftovers(directory.IsOurs) is > 0 and var leftovers)
        {
            log.Write($"ended {leftovers} processes of a supervisor that was killed");
        }

        using var starter = new ChildStarter(directory, containments, descriptorLimit, time);
        var work = new WorkQueue();
        var levityd = new LevitydPeer();
        using var output = new OutputLoop(
            grown => work.Post(() => levityd.Tell(new Reply { LogGrown = grown })), time, log);
        var lives = new ChildLives(starter, output, work, levityd, time, log);
        var requests = new RequestHandler(
            lives, output, new LostTasks(directory, log), levityd, containments.Kind, log);
        var loop = new SupervisorLoop(work, lives, requests, levityd);
        using var server = new ControlServer(loop, log);
        server.Listen(directory.Socket);

        using var exits = PosixSignalRegistration.Create(PosixSignal.SIGCHLD, _ => loop.ChildrenExited());
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            loop.Stop(StopGrace);
        });
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => context.Cancel = true);
        using var hangup = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => context.Cancel = true);

        var outputThread = new Thread(output.Run) { Name = "output" };
        outputThread.Start();
        var accepting = server.AcceptAsync();
        log.Write($"serving '{stateDirectory}' as process {Environment.ProcessId}; containment: {containments.Description}");
        TellReady();

        loop.Run();
        server.Dispose();
        output.Stop();
        outputThread.Join();
        log.Write($"stopped");
        File.Delete(directory.Socket);
    }

    // Whoever started us waits for this line or for the end of the stream.
    private static void TellReady()
    {
        using (var output = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0))
        {
            output.Write(Encoding.ASCII.GetBytes(StartVerb.ReadyMessage));
        }

        StandardOutput.ReplaceByNull();
    }

    // One name for one state directory, so that a successor finds what a killed supervisor left.
    private static string ContainmentName(string stateDirectory) =>
        $"levity-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Path.GetFullPath(stateDirectory))))[..16]}";
}
