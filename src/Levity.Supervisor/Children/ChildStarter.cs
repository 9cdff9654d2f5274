using Levity.Linux;
using Levity.Logs;
using Levity.Processes;
using Levity.Processes.Accounts;
using Levity.Protocol;
using Levity.Protocol.Supervisor;
using Levity.Supervisor.Output;
using Levity.Supervisor.State;

namespace Levity.Supervisor.Children;

/// <summary>
/// Starts a child: its log, its streams, its containment, its process, in that order, and undoes them in reverse; or again,
/// with the log and the streams that it has. One that needs a launcher has its launch pending then.
/// </summary>
internal sealed class ChildStarter(
    SupervisorDirectory directory, ContainmentRoot containments, TaskLimits limits, WorkQueue work, TimeProvider time)
    : IDisposable
{
    private readonly SafeFileDescriptor _null = DevNull.OpenRead();
    private readonly AccountLauncher _launcher = new(LaunchVerb.Command, limits.Descriptors);

    /// <summary>The child, or why there is none; then nothing of it is left.</summary>
    public (Child? Child, Failure? Failure) Start(TaskId task, StartChild request)
    {
        var logDirectory = directory.LogOf(task);
        LogWriter log;
        try
        {
            log = LogWriter.Create(logDirectory, new LogQuota(request.LogQuotaBytes));
        }
        catch (LinuxException e)
        {
            return (null, e.Number == Errno.EEXIST
                ? NewFailure(Failure.Types.Kind.Duplicate, e.Number, "the task has a log already")
                : OutOf(e));
        }

        Failpoints.Pass(Failpoint.StartLogged);
        var started = StartWithLog(task, request, log);
        if (started.Child is null)
        {
            log.Dispose();
            LogDirectory.Delete(logDirectory);
        }

        return started;
    }

    /// <summary>Executes the child's command once more. What has been there of it before is over, but for its log.</summary>
    public (Attempt? Attempt, Failure? Failure) StartAgain(Child child)
    {
        try
        {
            return Execute(child.Task, child.Attempts + 1, child.Retry!.Request, child.Retry.Streams);
        }
        catch (LinuxException e)
        {
            return (null, OutOf(e));
        }
    }

    /// <summary>How a child is executed again that another program of this process has started.</summary>
    public ChildRetries RetryWith(StartChild request, SafeFileDescriptor stdout, SafeFileDescriptor stderr) =>
        new(request, new StandardStreams(_null, stdout, stderr));

    /// <summary>Removes what was made for a child whose command was never executed.</summary>
    public void Undo(Child child)
    {
        child.Input?.Close();
        child.Output.Dispose();
        LogDirectory.Delete(directory.LogOf(child.Task));
    }

    public static Failure FailureOf(LaunchFailure failure) =>
        NewFailure(KindOf(failure.Kind), failure.Errno, failure.Message);

    public void Dispose() => _null.Dispose();

    private (Child? Child, Failure? Failure) StartWithLog(TaskId task, StartChild request, LogWriter log)
    {
        try
        {
            using var streams = new ChildStreams(request, _null);
            var (attempt, failure) = Execute(task, number: 1, request, streams.Theirs);
            if (attempt is null)
            {
                return (null, failure);
            }

            var retry = request.Retry is null ? null : new ChildRetries(request, streams.Theirs);
            var (output, input) = streams.Take(task, log, work);
            return (
                new Child(task, UnixTime.Nanoseconds(time), output, attempt)
                {
                    Input = input,
                    Bounds = ChildBounds.Of(request),
                    Retry = retry,
                },
                null);
        }
        catch (LinuxException e)
        {
            return (null, OutOf(e));
        }
    }

    private (Attempt? Attempt, Failure? Failure) Execute(TaskId task, int number, StartChild request, StandardStreams streams)
    {
        using var containment = new Guarded<Containment>(containments.Create(task.ToString(), number));
        if (Limit(containment.Value!, request.Limits, out var groups) is { } obstacle)
        {
            return (null, NewFailure(Failure.Types.Kind.Limits, errno: 0, obstacle));
        }

        var terms = new LaunchTerms
        {
            Credentials = CredentialsOf(request.Account),
            Groups = groups,
            Limits = [.. request.Ulimits.Select(limit => new ProcessLimit((int)limit.Resource, limit.Soft, limit.Hard))],
        };
        LaunchOutcome outcome;
        PendingLaunch? launch = null;
        using (limits.Oom.BeginBirth())
        {
            outcome = terms.NeedLauncher
                ? _launcher.Begin(SpecOf(request), terms, streams, out launch)
                : ProcessLauncher.Start(SpecOf(request), streams);
        }

        if (outcome.Failure is { } failure)
        {
            return (null, FailureOf(failure));
        }

        using var launchGuard = new Guarded<PendingLaunch>(launch);
        Failpoints.Pass(Failpoint.StartSpawned);
        AdoptOrKill(containment.Value!, outcome.Pid);
        Failpoints.Pass(Failpoint.StartContained);

        if (launch is null)
        {
            // The supervisor's own limit is for thousands of pipes; false when the task is over already.
            DescriptorLimit.TrySet(outcome.Pid, limits.Descriptors);
        }

        return (new Attempt(number, outcome.Pid, containment.Release()!) { Launch = launchGuard.Release() }, null);
    }

    private static string? Limit(Containment containment, Limits? limits, out IReadOnlyList<string> groups)
    {
        groups = [];
        return limits is null or { MemoryBytes: 0, CpuMillis: 0, Processes: 0 } ? null : containment.Limit(
            new()
            {
                MemoryBytes = Given(limits.MemoryBytes),
                CpuMillis = Given(limits.CpuMillis),
                Processes = Given(limits.Processes),
            },
            out groups);

        static long? Given(long value) => value == 0 ? null : value;
    }

    // A process that cannot be contained could not be ended for certain either.
    private static void AdoptOrKill(Containment containment, int pid)
    {
        try
        {
            containment.Adopt(pid);
        }
        catch (LinuxException)
        {
            // Our own child and not waited for yet: the number is still its own. The loop reaps it as an orphan.
            containment.KillAll();
            using var process = PidFd.TryOpen(pid);
            process?.TrySignal(Signals.SIGKILL);
            throw;
        }
    }

    private static ProcessSpec SpecOf(StartChild request) => new()
    {
        Binary = request.Binary.Memory,
        Argv = [.. request.Argv.Select(argument => argument.Memory)],
        Environment = [.. request.Environment.Select(variable => variable.Memory)],
        WorkingDirectory = request.WorkingDir.Memory,
    };

    private static Credentials? CredentialsOf(Account? account) =>
        account is null ? null : new Credentials(account.Uid, account.Gid, account.Groups);

    private static Failure.Types.Kind KindOf(LaunchFailureKind kind) => kind switch
    {
        LaunchFailureKind.WorkingDirectory => Failure.Types.Kind.WorkingDir,
        LaunchFailureKind.Command => Failure.Types.Kind.Command,
        LaunchFailureKind.TooBig => Failure.Types.Kind.TooBig,
        LaunchFailureKind.Resources => Failure.Types.Kind.Resources,
        LaunchFailureKind.Ulimit => Failure.Types.Kind.Ulimit,
        _ => Failure.Types.Kind.Internal,
    };

    private static Failure OutOf(LinuxException e) => NewFailure(Failure.Types.Kind.Resources, e.Number, e.Number switch
    {
        Errno.ENOSPC or Errno.EDQUOT =>
            $"the server's disk is full ({Errno.Describe(e.Number)}): make room in its state directory; "
            + "tasks that run go on, and new ones are started again as soon as there is room",
        Errno.EROFS =>
            $"the server's disk is read-only ({Errno.Describe(e.Number)}): tasks that run go on, but their output is lost; "
            + "see why, and make it writable",
        _ => e.Message,
    });

    private static Failure NewFailure(Failure.Types.Kind kind, int errno, string message) =>
        new() { Kind = kind, Errno = errno, Message = message };

    /// <summary>Disposes of a thing unless somebody took it over.</summary>
    private sealed class Guarded<T>(T? value) : IDisposable
        where T : class, IDisposable
    {
        private T? _value = value;

        public T? Value => _value;

        public T? Release()
        {
            var released = _value;
            _value = null;
            return released;
        }

        public void Dispose() => _value?.Dispose();
    }
}
