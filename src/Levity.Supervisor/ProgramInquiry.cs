using System.Text;
using Levity.Linux;
using Levity.Processes;
using Levity.Protocol.Supervisor;
using Levity.Supervisor.State;

namespace Levity.Supervisor;

/// <summary>Asks another levity-supervisor, which may be of any version or none at all, what it speaks.</summary>
internal static class ProgramInquiry
{
    private const int PatienceMs = 10_000;

    /// <summary>What it says of itself, or what is wrong with it.</summary>
    public static (ProgramVersion? Version, string? Problem) Ask(string program)
    {
        using var input = DevNull.OpenRead();
        var (read, write) = Pipe.Create();
        using (read)
        {
            LaunchOutcome outcome;
            using (write)
            {
                outcome = ProcessLauncher.Start(SpecOf(program), new StandardStreams(input, write, write));
            }

            if (outcome.Failure is { } failure)
            {
                return (null, failure.Message);
            }

            // Our child, and nobody waits for it: the number stays its own.
            using var process = PidFd.TryOpen(outcome.Pid);
            var said = ProgramOutput.ReadToEnd(read, PatienceMs);
            process?.TrySignal(Signals.SIGKILL);
            return said is not null && ProgramVersions.TryParse(said) is { } version
                ? (version, null)
                : (null, $"'{program}' is no levity-supervisor that can take over: to 'version' it says '{FirstLine(said)}'");
        }
    }

    private static string FirstLine(string? said) => said?.Split('\n')[0] ?? "nothing, or too much";

    private static ProcessSpec SpecOf(string program)
    {
        var path = Encoding.UTF8.GetBytes(program);
        return new ProcessSpec
        {
            Binary = path,
            Argv = [path, "version"u8.ToArray()],
            Environment = ["PATH=/usr/bin:/bin"u8.ToArray()],
            WorkingDirectory = "/"u8.ToArray(),
        };
    }
}
