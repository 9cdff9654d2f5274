using System.Buffers;
using Levity.Linux;
using Levity.Processes.ProcFs;

namespace Levity.Processes.Accounts;

/// <summary>
/// A launcher that is on its way to the command. The pipe that it could report on ends by the exec, or by its death, and
/// the two must not be taken for each other: the exec gives the process another program, and another name than the one
/// that the launcher has given it before it has said that it begins. The name is there until the process is reaped.
/// </summary>
public sealed class PendingLaunch : IDisposable
{
    private const int ReadSize = 4096;

    private readonly int _pid;
    private readonly string _name;
    private readonly ArrayBufferWriter<byte> _report = new(1);

    internal PendingLaunch(int pid, string name, SafeFileDescriptor report)
    {
        _pid = pid;
        _name = name;
        Report = report;
    }

    /// <summary>Readable when there is something to look at.</summary>
    public SafeFileDescriptor Report { get; }

    /// <summary>The pipe has come to its end: there is nothing more to wait for on it.</summary>
    public bool IsAtEnd { get; private set; }

    /// <summary>What has become of it.</summary>
    /// <param name="hasEnded">The process has ended, and has not been reaped.</param>
    /// <returns>
    /// Null when that is not known yet. One that has failed ends by itself, and is known to have failed when it has.
    /// </returns>
    /// <exception cref="LinuxException">EMFILE, ENOMEM: look again.</exception>
    public LaunchOutcome? Look(bool hasEnded)
    {
        ReadOn();
        if (!hasEnded)
        {
            return IsAtEnd && HasOnlyBegun && HasProgram() ? LaunchOutcome.Of(_pid) : null;
        }

        return HasOnlyBegun && ProcStat.NameOf(_pid) != _name
            ? LaunchOutcome.Of(_pid)
            : LaunchOutcome.Of(_report.WrittenCount > LaunchReport.Begun.Length
                ? LaunchReport.Read(_report.WrittenSpan[LaunchReport.Begun.Length..])
                : LaunchErrors.OfLostLauncher());
    }

    private bool HasOnlyBegun => _report.WrittenSpan.SequenceEqual(LaunchReport.Begun);

    public void Dispose() => Report.Dispose();

    private void ReadOn()
    {
        while (!IsAtEnd && DescriptorIO.TryRead(Report, _report.GetSpan(ReadSize), out var count))
        {
            _report.Advance(count);
            IsAtEnd = count == 0;
        }
    }

    // One that dies gives back its memory, and with it its program, before its descriptors. An exec puts the new program
    // in its place before it closes any.
    private bool HasProgram() => ProcessExecutable.Exists(_pid);
}
