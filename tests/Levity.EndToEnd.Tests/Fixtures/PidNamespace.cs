using System.Globalization;

namespace Levity.EndToEnd.Tests.Fixtures;

/// <summary>
/// Processes that have numbers of their own, of which a test can choose the next one: pid_namespaces(7). It needs root.
/// </summary>
internal sealed class PidNamespace : IAsyncDisposable
{
    private readonly RunningProgram _init;
    private readonly int _initPid;

    private PidNamespace(RunningProgram init, int initPid)
    {
        _init = init;
        _initPid = initPid;
    }

    /// <summary>What executes the command that follows in there.</summary>
    public string[] Launcher => ["nsenter", $"--target={_initPid}", "--pid", "--mount"];

    /// <summary>Null when it is not to be had here.</summary>
    public static async Task<PidNamespace?> TryCreateAsync()
    {
        // A first process that waits for all orphans, and ends with its input.
        var init = RunningProgram.Start(
            [
                "unshare", "--pid", "--fork", "--kill-child", "--mount-proc",
                "sh", "-c", "echo ready; trap : CHLD; while :; do sleep 1000 & wait; done",
            ]);
        if (await init.Output.WhenAsync(said => said.Contains("ready", StringComparison.Ordinal) ? said : null) is null)
        {
            await init.DisposeAsync();
            return null;
        }

        var child = ProcessTable.All().First(process => process.Parent == init.Pid);
        return new PidNamespace(init, child.Pid);
    }

    /// <summary>The number that a process has in there.</summary>
    public static int NumberOf(int pid) => int.Parse(
        File.ReadLines($"/proc/{pid}/status").First(line => line.StartsWith("NSpid:", StringComparison.Ordinal))
            .Split('\t')[^1],
        CultureInfo.InvariantCulture);

    /// <summary>
    /// Starts a process that has this number in there, as its session's and its group's too, and is none of this Levity's,
    /// although it looks like a task of another one: its number out here. Null when another has got it.
    /// </summary>
    public async Task<int?> TryStartStrangerAsync(int number)
    {
        // The shell that writes is itself forked before: the next fork is the sleep's, unless somebody in there has a new
        // thread at that moment.
        const string script = """
            echo $(($1-1)) > /proc/sys/kernel/ns_last_pid
            LEVITY_TASK_ID=$2 setsid sleep 1000 > /dev/null 2>&1 &
            [ $! = $1 ] || kill $!
            echo $!
            """;
        string[] arguments = [number.ToString(CultureInfo.InvariantCulture), $"{Guid.NewGuid()}"];
        var result = (await RunningProgram.RunAsync([.. Launcher, "sh", "-c", script, "sh", .. arguments])).Successful();
        return result.OutputText == $"{number}\n"
            ? ProcessTable.All().Select(process => process.Pid).Single(pid => IsInHere(pid) && NumberOf(pid) == number)
            : null;
    }

    public async ValueTask DisposeAsync()
    {
        await Signals.SendAsync("KILL", _initPid);
        await _init.DisposeAsync();
    }

    private bool IsInHere(int pid)
    {
        try
        {
            return new FileInfo($"/proc/{pid}/ns/pid").LinkTarget == new FileInfo($"/proc/{_initPid}/ns/pid").LinkTarget;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
