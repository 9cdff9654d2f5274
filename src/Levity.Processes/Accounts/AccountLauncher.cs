using System.Security.Cryptography;
using Levity.Linux;

namespace Levity.Processes.Accounts;

/// <summary>
/// Starts processes for which something has to be done before their command is executed: to become another user, to enter
/// control groups, to set limits. Credentials belong to a thread, and those of this process's threads are never touched;
/// limits that the parent sets afterwards come too late for a program that reads them when it starts. So a launcher is
/// started, a process of our own user with nothing but an order, which does what its terms say and then executes the command
/// in its place, so that its process is the task's first. It costs what a start of a program costs, and is used for nothing
/// else.
/// </summary>
/// <param name="command">
/// The launcher and its arguments: a program that calls <see cref="AccountLaunch.Run"/>, without any work of its own
/// before that.
/// </param>
/// <param name="descriptorLimit">How many descriptors the processes may have open.</param>
public sealed class AccountLauncher(IReadOnlyList<ReadOnlyMemory<byte>> command, ulong descriptorLimit)
{
    internal const int OrderDescriptor = 3;
    internal const int ReportDescriptor = 4;

    /// <summary>
    /// Starts a launcher. Whether that has executed the command is asked of <paramref name="launch"/> later: the way to
    /// there goes through files of the other user, which may take any time, and past other processes of that user, which
    /// may stop it.
    /// </summary>
    /// <returns>The launcher's process, which is the task's, or why there is none.</returns>
    /// <exception cref="LinuxException">EMFILE, ENFILE, ENOMEM.</exception>
    public LaunchOutcome Begin(
        ProcessSpec spec,
        LaunchTerms terms,
        StandardStreams streams,
        out PendingLaunch? launch)
    {
        launch = null;
        if (ProcessLauncher.FindNul(spec) is { } failure)
        {
            return LaunchOutcome.Of(failure);
        }

        var order = new LaunchOrder
        {
            Name = NewName(),
            Terms = terms,
            DescriptorLimit = descriptorLimit,
            HasInput = streams.HaveInput,
            HasTerminal = streams.AreTerminal,
            Spec = spec,
        };
        using var file = order.Write();
        var errno = WorkingDirectory.TryOpen("/"u8, out var root);
        using (root)
        {
            if (errno != 0)
            {
                throw new LinuxException("open", errno, "/");
            }

            if (!ProcessLauncher.LeavesRoom(root))
            {
                return LaunchOutcome.Of(LaunchErrors.OfDescriptors());
            }

            var (read, write) = Pipe.Create();
            using (write)
            {
                errno = PosixSpawn.Start(
                    command[0].Span,
                    command,
                    EnvironmentOf(spec),
                    root,
                    [streams.Input, streams.Output, streams.Error, file, write],
                    streams.AreTerminal,
                    out var pid);
                if (errno == 0)
                {
                    launch = new PendingLaunch(pid, order.Name, read);
                    return LaunchOutcome.Of(pid);
                }

                read.Dispose();
                return LaunchOutcome.Of(LaunchErrors.OfStart(command[0].Span, root, errno));
            }
        }
    }

    // A number that nobody can guess, so that no command has it for its own name.
    private static string NewName() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(ProcessName.Longest / 2));

    // Nothing of the task's gets into a process of root, LD_PRELOAD for one, but the id that it is known by.
    private static ReadOnlyMemory<byte>[] EnvironmentOf(ProcessSpec spec) =>
        [.. spec.Environment.Where(variable => variable.Span.StartsWith("LEVITY_TASK_ID="u8))];
}
