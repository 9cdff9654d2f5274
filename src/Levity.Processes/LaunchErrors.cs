using Levity.Linux;

namespace Levity.Processes;

/// <summary>Turns the errno of a start into a failure that says what is wrong with what.</summary>
internal static class LaunchErrors
{
    internal static LaunchFailure OfNul(string what) =>
        new(LaunchFailureKind.Command, Errno.EINVAL, $"{what} has a NUL byte: {Errno.Describe(Errno.EINVAL)}");

    internal static LaunchFailure OfDescriptors() => new(
        LaunchFailureKind.Resources,
        Errno.EMFILE,
        $"too many tasks for the number of descriptors: {Errno.Describe(Errno.EMFILE)}");

    /// <summary>For a launcher that could not become the one that the process is to be.</summary>
    internal static LaunchFailure OfCredentials(uint userId, LinuxException e) =>
        new(LaunchFailureKind.Internal, e.Number, $"cannot become user {userId}: {e.Message}");

    /// <summary>For a launcher that could not get into the control group where its limits are.</summary>
    internal static LaunchFailure OfGroup(string entry, int errno) => new(
        IsResources(errno) ? LaunchFailureKind.Resources : LaunchFailureKind.Internal,
        errno,
        $"cannot enter the control group with its limits, {entry}: {Errno.Describe(errno)}; the command was not executed");

    internal static LaunchFailure OfUlimit(ProcessLimit limit, int errno) => new(
        LaunchFailureKind.Ulimit,
        errno,
        $"{limit.Name}={Text(limit.Soft)}:{Text(limit.Hard)} cannot be set ({Errno.Describe(errno)}): the hard limit is "
        + $"{Text(ProcessLimit.Of(limit.Resource).Hard)} there, and only a privileged user has it raised");

    /// <summary>For a launcher that was ended before it had executed the command.</summary>
    internal static LaunchFailure OfLostLauncher() => new(
        LaunchFailureKind.Resources,
        Errno.EAGAIN,
        "the process that was to execute the command was ended before it had: by another process of its user, or for lack "
        + "of memory; the command was not executed");

    internal static LaunchFailure OfWorkingDirectory(ProcessSpec spec, int errno) => new(
        IsResources(errno) ? LaunchFailureKind.Resources : LaunchFailureKind.WorkingDirectory,
        errno,
        $"cannot enter '{PrintableBytes.Escape(spec.WorkingDirectory.Span)}': {Errno.Describe(errno)}");

    internal static LaunchFailure OfCommand(ReadOnlySpan<byte> path, int errno) =>
        new(KindOf(errno), errno, $"cannot execute '{PrintableBytes.Escape(path)}': {Errno.Describe(errno)}");

    /// <summary>
    /// For the errno of the start itself, when the file may have been found and still is missing something.
    /// </summary>
    internal static LaunchFailure OfStart(ReadOnlySpan<byte> path, SafeFileDescriptor workingDirectory, int errno)
    {
        var failure = OfCommand(path, errno);
        return errno == Errno.ENOENT && ExecutableFile.Check(workingDirectory, path) == 0
            ? failure with { Message = $"{failure.Message}: its interpreter is missing" }
            : failure;
    }

    private static LaunchFailureKind KindOf(int errno) => errno switch
    {
        Errno.E2BIG => LaunchFailureKind.TooBig,

        // Not what execve(2) says of a command, so the fault is in how we called.
        Errno.EBADF or Errno.EFAULT or Errno.ENOSYS => LaunchFailureKind.Internal,
        _ when IsResources(errno) => LaunchFailureKind.Resources,
        _ => LaunchFailureKind.Command,
    };

    private static bool IsResources(int errno) =>
        errno is Errno.EAGAIN or Errno.ENOMEM or Errno.EMFILE or Errno.ENFILE;

    private static string Text(ulong limit) => limit == ProcessLimit.Unlimited ? "unlimited" : $"{limit}";
}
