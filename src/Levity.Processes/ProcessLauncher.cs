using Levity.Linux;

namespace Levity.Processes;

/// <summary>Starts processes.</summary>
public static class ProcessLauncher
{
    // To find and to end the processes of a task takes descriptors: a start must not be the one that takes the last.
    private const int DescriptorsForEnding = 64;

    /// <summary>
    /// Starts a process in a session of its own, with default signals, the given environment, and nothing open but the
    /// three descriptors. When it returns a child, that has executed its program.
    /// </summary>
    public static LaunchOutcome Start(ProcessSpec spec, StandardStreams streams)
    {
        if (FindNul(spec) is { } failure)
        {
            return LaunchOutcome.Of(failure);
        }

        var errno = WorkingDirectory.TryOpen(spec.WorkingDirectory.Span, out var directory);
        using (directory)
        {
            if (errno != 0)
            {
                return LaunchOutcome.Of(LaunchErrors.OfWorkingDirectory(spec, errno));
            }

            if (!LeavesRoom(directory))
            {
                return LaunchOutcome.Of(LaunchErrors.OfDescriptors());
            }

            errno = CommandResolver.Resolve(spec, directory, out var path);
            if (errno != 0)
            {
                return LaunchOutcome.Of(LaunchErrors.OfCommand(spec.Binary.Span, errno));
            }

            errno = PosixSpawn.Start(
                path.Span,
                spec.Argv,
                spec.Environment,
                directory,
                [streams.Input, streams.Output, streams.Error],
                streams.AreTerminal,
                out var pid);
            return errno == 0
                ? LaunchOutcome.Of(pid)
                : LaunchOutcome.Of(LaunchErrors.OfStart(path.Span, directory, errno));
        }
    }

    internal static bool LeavesRoom(SafeFileDescriptor newest) =>
        DescriptorLimit.LeavesRoom(newest, DescriptorsForEnding);

    // A NUL would silently cut the string that it is in. WorkingDirectory.TryOpen looks for itself.
    internal static LaunchFailure? FindNul(ProcessSpec spec) =>
        spec.Binary.Span.Contains((byte)0) ? LaunchErrors.OfNul("the command")
        : AnyNul(spec.Argv) ? LaunchErrors.OfNul("an argument")
        : AnyNul(spec.Environment) ? LaunchErrors.OfNul("the environment")
        : null;

    private static bool AnyNul(IReadOnlyList<ReadOnlyMemory<byte>> strings)
    {
        for (var i = 0; i < strings.Count; i++)
        {
            if (strings[i].Span.Contains((byte)0))
            {
                return true;
            }
        }

        return false;
    }
}
