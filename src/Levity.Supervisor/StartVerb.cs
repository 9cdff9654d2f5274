using System.Text;
using Levity.Linux;
using Levity.Processes;
using Levity.Protocol.Supervisor;
using Levity.Supervisor.State;

namespace Levity.Supervisor;

/// <summary>
/// Starts the supervisor proper in a session of its own and returns once it accepts connections, so that whoever
/// called, levityd usually, may end or be killed with its group and session without any effect on it.
/// </summary>
internal static class StartVerb
{
    /// <summary>What the new process writes to its standard output when it is ready; it closes it otherwise.</summary>
    public const string ReadyMessage = "ready";

    public static int Run(string stateDirectory, TextWriter error)
    {
        if (Failpoints.Problem is { } problem)
        {
            error.WriteLine($"levity-supervisor: {problem}");
            return 1;
        }

        try
        {
            stateDirectory = Path.GetFullPath(stateDirectory);
            using var input = DevNull.OpenRead();
            using var messages = AppendOnlyFile.Open(SupervisorDirectory.MessagesOf(stateDirectory));
            if (Launch(stateDirectory, input, messages) is { } failure)
            {
                error.WriteLine($"levity-supervisor: {failure}");
                return 1;
            }

            return 0;
        }
        catch (LinuxException e)
        {
            error.WriteLine($"levity-supervisor: {e.Message}");
            return 1;
        }
    }

    private static string? Launch(string stateDirectory, SafeFileDescriptor input, SafeFileDescriptor messages)
    {
        var (read, write) = Pipe.Create();
        using (read)
        {
            LaunchOutcome outcome;
            using (write)
            {
                outcome = ProcessLauncher.Start(SpecOf(stateDirectory), new StandardStreams(input, write, messages));
            }

            if (outcome.Failure is { } failure)
            {
                return failure.Message;
            }

            return ProgramOutput.ReadToEnd(read, Epoll.Forever) == ReadyMessage
                ? null
                : $"the supervisor did not start; see '{SupervisorDirectory.MessagesOf(stateDirectory)}'";
        }
    }

    private static ProcessSpec SpecOf(string stateDirectory)
    {
        var program = Encoding.UTF8.GetBytes(Environment.ProcessPath!);
        return new ProcessSpec
        {
            Binary = program,
            Argv = [program, "serve"u8.ToArray(), "--state-dir"u8.ToArray(), Encoding.UTF8.GetBytes(stateDirectory)],

            // What it was started with is nobody's business later: tasks get an environment of their own anyway. The
            // second one is the platform's: what has been received is read by the thread that waits for it, and not
            // handed to another one first. Nothing that is done with a message ever waits.
            Environment =
            [
                "PATH=/usr/bin:/bin"u8.ToArray(),
                "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS=1"u8.ToArray(),
                .. Failpoints.Setting is { } armed
                    ? [Encoding.UTF8.GetBytes($"{Failpoints.Variable}={armed}")]
                    : Array.Empty<byte[]>(),
            ],
            WorkingDirectory = "/"u8.ToArray(),
        };
    }
}
