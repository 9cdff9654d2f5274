using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Levity.Children;

/// <summary>Verbs about living on, and about what is left behind.</summary>
internal static class Lifetimes
{
    public static int IgnoreTerm()
    {
        using var ignoring = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => context.Cancel = true);
        Say("ready");
        return WaitForEver();
    }

    public static int CloseOutput()
    {
        Say("closing");
        new SafeFileHandle(1, ownsHandle: true).Dispose();
        new SafeFileHandle(2, ownsHandle: true).Dispose();
        return WaitForEver();
    }

    public static int StopSelf()
    {
        Say("stopping");
        RunShell("kill -STOP $PPID");
        Say("continued");
        return 0;
    }

    public static int LeaveGrandchild() => RunShell("sleep 1000 & echo $!");

    // The subshell is the first fork, the command in its background the second; then the subshell ends.
    public static int DoubleFork() =>
        RunShell("(setsid sh -c 'echo $$; exec sleep 1000 </dev/null >/dev/null 2>&1' &)");

    private static int RunShell(string script)
    {
#pragma warning disable RS0030 // What a task starts in turn is not started by us.
        using var shell = Process.Start("/bin/sh", ["-c", script]);
#pragma warning restore RS0030
        shell.WaitForExit();
        return shell.ExitCode;
    }

    private static int WaitForEver()
    {
        using var never = new ManualResetEventSlim();
        never.Wait();
        return 0;
    }

    private static void Say(string word)
    {
        using var output = Console.OpenStandardOutput();
        output.Write(System.Text.Encoding.ASCII.GetBytes($"{word}\n"));
    }
}
