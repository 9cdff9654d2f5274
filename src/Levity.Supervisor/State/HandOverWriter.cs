using System.Runtime.InteropServices;
using Levity.Linux;
using Levity.Processes;
using Levity.Protocol.Supervisor;
using Levity.Supervisor.Children;
using Levity.Supervisor.Control;
using Levity.Supervisor.Output;

namespace Levity.Supervisor.State;

/// <summary>
/// Writes down all that is in no file, for the next program, and leaves it the descriptors. Nothing may be at work
/// meanwhile.
/// </summary>
internal sealed class HandOverWriter(
    ChildLives lives,
    OutputLoop output,
    ControlServer server,
    SupervisorDirectory directory,
    ContainmentRoot containments,
    TaskLimits limits)
{
    private readonly List<SafeHandle> _left = [];

    /// <summary>
    /// The oldest version that has a place for all there is: an older program can take over as long as nothing is lost by it.
    /// </summary>
    public uint Version => lives.Children.Live.Select(VersionOf).Append(1u).Max();

    /// <summary>The descriptor that has it all, left open too.</summary>
    public SafeFileDescriptor Write(ControlConnection asker, ulong requestId)
    {
        var file = HandOverFile.Write(new HandOver
        {
            StateVersion = Version,
            ProgramVersion = ThisBuild.Version,
            ListenerFd = Leave(server.Listener),
            LockFd = Leave(directory.Lock),
            AskerFd = Leave(asker.Descriptor),
            RequestId = requestId,
            Cgroup = containments.Origin is { } origin
                ? new HandOver.Types.Cgroup { Directory = origin.Directory, Name = origin.Name }
                : null,
            DescriptorLimit = limits.Descriptors,
            OomScoreAdj = limits.Oom.ForTasks,
            Live = { lives.Children.Live.Select(Of) },
            Ended = { lives.Children.Ended },
            Unsealed = { output.Unsealed },
        });
        Leave(file);
        return file;
    }

    /// <summary>There is no next program after all.</summary>
    public void TakeBack()
    {
        foreach (var descriptor in _left.Where(descriptor => !descriptor.IsClosed))
        {
            InheritedDescriptor.Keep(descriptor);
        }

        _left.Clear();
    }

    private static uint VersionOf(Child child) => child switch
    {
        { Retry: not null } or { Attempt: null } => 3,
        { Bounds.AreOfVersion1: false } or { Attempt.Containment.IsLimited: true } or { Input.Descriptor: not null } => 2,
        _ => 1,
    };

    private HandedChild Of(Child child)
    {
        var handed = lives.Save(child);
        LeaveOutput(handed, child.Output);
        if (child.Input is { Descriptor: { } descriptor } input)
        {
            handed.Input = new HandedInput
            {
                WriteFd = Leave(descriptor),
                IsTerminal = input.IsTerminal,
                Writers = { input.SaveWriters() },
            };
        }

        if (child.Attempt is { } attempt)
        {
            ContainmentMessages.Put(attempt.Containment.Save(), handed);
        }

        if (child.Retry is { Streams: var streams })
        {
            (handed.Retry.StdoutFd, handed.Retry.StderrFd) = (Leave(streams.Output), Leave(streams.Error));
        }

        return handed;
    }

    private void LeaveOutput(HandedChild handed, TaskOutput output)
    {
        if (!output.Stdout.Ended)
        {
            handed.StdoutFd = Leave(output.Stdout.Descriptor);
        }

        if (!output.Stderr.Ended)
        {
            handed.StderrFd = Leave(output.Stderr.Descriptor);
        }

        handed.LogQuotaBytes = output.Log.Quota.Bytes;
        (handed.LostLogBytes, handed.OwedLogBytes) = output.Log.Debt;
    }

    private int Leave(SafeHandle descriptor)
    {
        // Noted first: what fails half way is taken back as well.
        _left.Add(descriptor);
        return InheritedDescriptor.Leave(descriptor);
    }
}
