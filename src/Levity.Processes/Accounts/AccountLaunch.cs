using System.Buffers;
using Levity.Linux;

namespace Levity.Processes.Accounts;

/// <summary>
/// The launcher's side: enters the control groups and becomes the user that the order names, and executes the command within
/// its limits. All that the command names is looked up as that user: nobody learns from an error what only root could see,
/// and no user gets more than their own limits.
/// </summary>
public static class AccountLaunch
{
    private const int Failed = 1;

    /// <summary>Does not return when it succeeds. The exit code otherwise; the reason is reported.</summary>
    public static int Run()
    {
        using var report = InheritedDescriptor.Take<SafeFileDescriptor>(AccountLauncher.ReportDescriptor);
        var order = ReadOrder();
        ProcessName.Set(order.Name);
        DescriptorIO.Write(report, LaunchReport.Begun);
        DescriptorIO.Write(report, LaunchReport.Write(Execute(order)));
        return Failed;
    }

    private static LaunchFailure Execute(LaunchOrder order)
    {
        try
        {
            // In the name of root still: a limit is not the user's to raise, nor a pipe theirs to take.
            DescriptorLimit.TrySet(DescriptorLimit.ThisProcess, order.DescriptorLimit);
            foreach (var group in order.Terms.Groups)
            {
                // Whoever writes that is meant.
                if (KernelFile.Write(group, "0"u8) is not 0 and var errno)
                {
                    return LaunchErrors.OfGroup(group, errno);
                }
            }

            if (order.Terms.Credentials is { } credentials)
            {
                GiveStreamsTo(order, credentials);
                Privileges.Drop(credentials);
            }
        }
        catch (LinuxException e)
        {
            return LaunchErrors.OfCredentials(order.Terms.Credentials?.UserId ?? CurrentUser.EffectiveId, e);
        }

        return Execute(order.Spec, order.Terms.Limits);
    }

    private static LaunchOrder ReadOrder()
    {
        using var file = InheritedDescriptor.Take<SafeFileDescriptor>(AccountLauncher.OrderDescriptor);
        var content = new ArrayBufferWriter<byte>();
        var errno = KernelFile.Read(file, content);
        return errno == 0 ? LaunchOrder.Read(content.WrittenSpan) : throw new LinuxException("read", errno);
    }

    private static void GiveStreamsTo(LaunchOrder order, Credentials credentials)
    {
        if (order.HasTerminal)
        {
            using var terminal = InheritedDescriptor.Borrow(0);
            PseudoTerminal.GiveTo(terminal, credentials);
            return;
        }

        foreach (var number in order.HasInput ? [0, 1, 2] : (ReadOnlySpan<int>)[1, 2])
        {
            using var pipe = InheritedDescriptor.Borrow(number);
            Pipe.GiveTo(pipe, credentials);
        }
    }

    private static LaunchFailure Execute(ProcessSpec spec, IReadOnlyList<ProcessLimit> limits)
    {
        var errno = WorkingDirectory.TryOpen(spec.WorkingDirectory.Span, out var directory);
        using (directory)
        {
            errno = errno == 0 ? WorkingDirectory.Enter(directory) : errno;
            if (errno != 0)
            {
                return LaunchErrors.OfWorkingDirectory(spec, errno);
            }

            errno = CommandResolver.Resolve(spec, directory, out var path);
            if (errno != 0)
            {
                return LaunchErrors.OfCommand(spec.Binary.Span, errno);
            }

            SignalDefaults.Restore();
            errno = ProgramImage.ReplaceWithin([.. limits], path.Span, spec.Argv, spec.Environment, out var refused);
            return refused is { } limit
                ? LaunchErrors.OfUlimit(limit, errno)
                : LaunchErrors.OfStart(path.Span, directory, errno);
        }
    }
}
