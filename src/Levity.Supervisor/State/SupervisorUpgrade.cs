using System.Buffers;
using System.Text;
using Levity.Linux;
using Levity.Processes;
using Levity.Protocol.Supervisor;
using Levity.Supervisor.Children;
using Levity.Supervisor.Control;
using Levity.Supervisor.Output;
using static Levity.Protocol.Supervisor.Failure.Types;

namespace Levity.Supervisor.State;

/// <summary>
/// Executes another program in place of this one. The process stays, and so it stays the children's parent; what the
/// program knew is handed over (<see cref="HandOver"/>). What fails is undone, and this program goes on. On the
/// supervisor's loop.
/// </summary>
internal sealed class SupervisorUpgrade(
    WorkQueue work,
    ChildLives lives,
    LevitydPeer levityd,
    OutputLoop output,
    ContainmentRoot containments,
    HandOverWriter handOver,
    string stateDirectory,
    SupervisorLog log)
{
    /// <summary>
    /// Held back over the exec: they would end a program that is not ready for them yet, and all its tasks with it.
    /// </summary>
    private static readonly int[] HeldBack = [Signals.SIGTERM, Signals.SIGINT, Signals.SIGHUP];

    private bool _isUnderWay;

    /// <summary>After the new program has its handlers.</summary>
    public static void LetSignalsThrough() => SignalMask.Unblock(HeldBack);

    /// <summary>Returns only when it has failed: why.</summary>
    public Failure Run(ControlConnection asker, ulong requestId, Upgrade request)
    {
        if (Refusal(request) is { } refusal)
        {
            return refusal;
        }

        _isUnderWay = true;
        log.Write($"executing '{request.Program}' ({request.Version.Version}) in place of {ThisBuild.Version}");
        try
        {
            Pause();
            using var file = handOver.Write(asker, requestId);
            var errno = Execute(request.Program, file);
            return new Failure
            {
                Kind = Kind.Command,
                Errno = errno,
                Message = $"'{request.Program}' cannot be executed: {Errno.Describe(errno)}; the supervisor goes on as it was",
            };
        }
        finally
        {
            handOver.TakeBack();
            containments.Resume();
            output.Start();
            _isUnderWay = false;
            log.Write($"the upgrade failed; going on");
        }
    }

    private Failure? Refusal(Upgrade request)
    {
        if (_isUnderWay)
        {
            return new Failure { Kind = Kind.Internal, Message = "another upgrade is under way" };
        }

        if (!Path.IsPathRooted(request.Program) || request.Program.Contains('\0', StringComparison.Ordinal))
        {
            return new Failure
            {
                Kind = Kind.Command,
                Message = $"'{request.Program}' is not the absolute path of a program",
            };
        }

        return request.Version is { } version && ProgramVersions.IsWhole(version)
            ? Refusal(request.Program, version)
            : new Failure { Kind = Kind.Version, Message = $"nobody has asked '{request.Program}' for its versions" };
    }

    private Failure? Refusal(string program, ProgramVersion version)
    {
        var state = ProgramVersions.StateOf(version);
        if (!state.Contains(handOver.Version))
        {
            return new Failure
            {
                Kind = Kind.Version,
                Message = $"'{program}' ({version.Version}) reads version {state} of the supervisor's state, and this "
                    + $"supervisor ({ThisBuild.Version}) has to write version {handOver.Version}: upgrade by way of a release "
                    + "that reads both, or stop the tasks first",
            };
        }

        var protocol = ProgramVersions.ProtocolOf(version);
        return levityd.Versions is { } spoken && protocol.NewestCommon(spoken) is null
            ? new Failure
            {
                Kind = Kind.Version,
                Message = $"'{program}' ({version.Version}) speaks version {protocol} of the control protocol, and the "
                    + $"levityd that is connected version {spoken}: replace levityd first",
            }
            : null;
    }

    // What was asked for is done and answered, and then nothing is at work but this thread. What comes after that is
    // found by the next program: dead children, bytes in the pipes, and requests, which are made again.
    private void Pause()
    {
        work.RunAll();
        lives.FinishLaunches();
        levityd.CloseAndFlush();
        output.Stop();
        containments.Pause();
        work.RunAll();
        lives.FinishLaunches();
    }

    private int Execute(string program, SafeFileDescriptor file)
    {
        var path = Encoding.UTF8.GetBytes(program);
        SignalMask.Block(HeldBack);
        var errno = ProgramImage.Replace(
            path,
            [
                path, "serve"u8.ToArray(), "--state-dir"u8.ToArray(), Encoding.UTF8.GetBytes(stateDirectory),
                "--hand-over"u8.ToArray(), Encoding.UTF8.GetBytes($"{file.DangerousGetHandle()}"),
            ],
            OwnEnvironment());
        LetSignalsThrough();
        return errno;
    }

    private static List<ReadOnlyMemory<byte>> OwnEnvironment()
    {
        var content = new ArrayBufferWriter<byte>();
        KernelFile.TryRead("/proc/self/environ", content);
        var variables = new List<ReadOnlyMemory<byte>>();
        foreach (var range in content.WrittenSpan.Split((byte)0))
        {
            if (!content.WrittenSpan[range].IsEmpty)
            {
                variables.Add(content.WrittenSpan[range].ToArray());
            }
        }

        return variables;
    }
}
