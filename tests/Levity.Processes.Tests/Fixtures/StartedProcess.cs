using System.Buffers;
using System.Text;
using Levity.Linux;

namespace Levity.Processes.Tests.Fixtures;

/// <summary>A child whose output a test reads.</summary>
internal sealed class StartedProcess : IDisposable
{
    private readonly SafeFileDescriptor _output;
    private readonly Epoll _epoll = new();
    private readonly PidFd _process;
    private readonly ArrayBufferWriter<byte> _unread = new();
    private bool _isReaped;

    private StartedProcess(int pid, SafeFileDescriptor output)
    {
        Pid = pid;
        _output = output;
        _epoll.Add(output, EpollEvents.In, 0);
        _process = PidFd.TryOpen(pid)!;
    }

    /// <summary>One that was started in another way.</summary>
    public static StartedProcess Of(int pid, SafeFileDescriptor output) => new(pid, output);

    public int Pid { get; }

    public bool IsAlive => !_process.WaitForEnd(0);

    public static LaunchOutcome Launch(ProcessSpec spec, out SafeFileDescriptor output)
    {
        using var nothing = DevNull.OpenRead();
        (output, var write) = Pipe.Create();
        using (write)
        {
            return ProcessLauncher.Start(spec, new StandardStreams(nothing, write, write));
        }
    }

    public static StartedProcess Start(ProcessSpec spec)
    {
        var outcome = Launch(spec, out var output);
        Assert.Null(outcome.Failure);
        return new StartedProcess(outcome.Pid, output);
    }

    /// <summary>Runs a process to its end and returns what it wrote.</summary>
    public static string Output(ProcessSpec spec) => Encoding.UTF8.GetString(OutputBytes(spec));

    public static byte[] OutputBytes(ProcessSpec spec)
    {
        using var process = Start(spec);
        var output = process.ReadToEnd();
        Assert.Equal(0, process.WaitForEnd().ExitCode);
        return output;
    }

    public static LaunchFailure Failure(ProcessSpec spec)
    {
        var outcome = Launch(spec, out var output);
        output.Dispose();
        Assert.Equal(0, outcome.Pid);
        return Assert.IsType<LaunchFailure>(outcome.Failure);
    }

    public byte[] ReadToEnd()
    {
        while (ReadMore())
        {
        }

        return Take(_unread.WrittenCount);
    }

    /// <summary>The next line, or what there is of it at the end.</summary>
    public string ReadLine()
    {
        int end;
        while ((end = _unread.WrittenSpan.IndexOf((byte)'\n')) < 0 && ReadMore())
        {
        }

        return Encoding.UTF8.GetString(Take(end < 0 ? _unread.WrittenCount : end + 1)).TrimEnd('\n');
    }

    public void WaitUntilEnded() => Assert.True(_process.WaitForEnd(Patience.Milliseconds), "it did not end");

    public ExitOutcome WaitForEnd()
    {
        WaitUntilEnded();
        _isReaped = true;
        return ChildReaper.Reap(Pid);
    }

    public void Dispose()
    {
        if (!_isReaped)
        {
            _process.TrySignal(Signals.SIGKILL);
            WaitForEnd();
        }

        _process.Dispose();
        _epoll.Dispose();
        _output.Dispose();
    }

    private bool ReadMore()
    {
        var events = new EpollEvent[1];
        Assert.True(_epoll.Wait(events, Patience.Milliseconds) == 1, "it wrote nothing");
        if (!DescriptorIO.TryRead(_output, _unread.GetSpan(65_536), out var count))
        {
            return true;
        }

        _unread.Advance(count);
        return count > 0;
    }

    private byte[] Take(int count)
    {
        var taken = _unread.WrittenSpan[..count].ToArray();
        var rest = _unread.WrittenSpan[count..].ToArray();
        _unread.ResetWrittenCount();
        _unread.Write(rest);
        return taken;
    }
}
