using Levity.Linux;
using Levity.Logs;
using Levity.Protocol.Supervisor;
using Levity.Supervisor.State;

namespace Levity.Supervisor.Output;

/// <summary>
/// Moves what tasks write from their pipes into their logs: one thread, one epoll, one buffer for all its tasks. Each
/// read becomes one frame and one write. Nobody who reads a log can slow this down: readers have the file.
/// </summary>
/// <param name="logGrown">Told, on this loop's thread, when a watched log has grown or is sealed.</param>
internal sealed class OutputLoop(Action<LogGrown> logGrown, TimeProvider time, SupervisorLog log) : IDisposable
{
    // What is in a pipe when its last writer dies is at most its capacity. More than this can only come from a process
    // outside the task that was handed the pipe, and its output is not waited for.
    private const int DrainLimit = 2 * GrownPipe;
    private const int GrownPipe = 1024 * 1024;

    // pipe(7): the capacity of a new pipe.
    private const int DefaultPipe = 64 * 1024;
    private const ulong InboxKey = ulong.MaxValue;
    private const int EventsAtOnce = 64;
    private const int Forever = -1;

    // Log files stay open while their task writes. An idle task holds nothing but its pipes.
    private const int MostOpenFiles = 512;
    private static readonly TimeSpan FileIdleTime = TimeSpan.FromSeconds(1);

    private readonly LoopInbox _inbox = new();
    private readonly Epoll _epoll = new();
    private readonly LogFrameBuffer _buffer = new();
    private readonly UnsealedLogs _unsealed = new(time, log);
    private readonly HashSet<TaskOutput> _open = [];
    private readonly Dictionary<ulong, (TaskOutput Output, OutputPipe Pipe)> _pipes = [];
    private ulong _lastKey;
    private long _lastSweep;
    private volatile bool _stopping;
    private Thread? _thread;

    /// <summary>What no log tells yet of tasks that are over. Not while it is at work.</summary>
    public IEnumerable<UnsealedLog> Unsealed => _unsealed.Save();

    /// <summary>Begins, or goes on after <see cref="Stop"/>.</summary>
    public void Start()
    {
        if (_thread is null)
        {
            _epoll.Add(_inbox.Descriptor, EpollEvents.In, InboxKey);
        }

        _stopping = false;

        // In the background: should the supervisor fail, it must not stay as a process that serves nobody.
        _thread = new Thread(Run) { Name = "output", IsBackground = true };
        _thread.Start();
    }

    /// <summary>
    /// Ends after all that was asked for until now. No frame is half written then, and what is read is in its log.
    /// </summary>
    public void Stop()
    {
        _inbox.Post(() => _stopping = true);
        _thread?.Join();
    }

    /// <summary>Takes over a task's pipes and log.</summary>
    public void Add(TaskOutput output) => _inbox.Post(() =>
    {
        Register(output, output.Stdout);
        Register(output, output.Stderr);

        // Its log was opened when it was made: a task that never writes does not keep it so.
        _open.Add(output);
    });

    /// <summary>Takes over the log of a task that is over, which another program could not seal.</summary>
    public void AddUnsealed(TaskOutput output, ChildEnded ending) => _inbox.Post(() => _unsealed.Add(output, ending));

    /// <summary>Wants to know when the log is longer than this.</summary>
    public void Watch(TaskOutput output, ulong cursor) => _inbox.Post(() =>
    {
        output.WatchedCursor = Math.Min(output.WatchedCursor ?? cursor, cursor);
        AnswerWatch(output);
    });

    /// <summary>
    /// All processes of the task are gone: reads what is left in the pipes, seals the log with the ending and then
    /// calls
    /// back, on this loop's thread.
    /// </summary>
    public void Finish(TaskOutput output, ChildEnded ending, Action sealedNow) => _inbox.Post(() =>
    {
        Drain(output, output.Stdout);
        Drain(output, output.Stderr);
        Failpoints.Pass(Failpoint.ExitDrained);
        var outcome = OutputSeal.Write(output.Log, ending);
        AnswerWatch(output);
        _open.Remove(output);
        if (outcome.Succeeded)
        {
            output.Dispose();
        }
        else
        {
            // levityd has the ending all the same, and readers go by that.
            log.Write($"task {output.TaskId}: its log could not be sealed and will be: {outcome}");
            _unsealed.Add(output, ending);
        }

        sealedNow();
    });

    public void Dispose()
    {
        _inbox.Dispose();
        _epoll.Dispose();
    }

    private void Run()
    {
        Span<EpollEvent> events = stackalloc EpollEvent[EventsAtOnce];
        while (!_stopping)
        {
            var count = _epoll.Wait(events, MillisecondsToNextStep());
            foreach (var ready in events[..count])
            {
                if (ready.Data == InboxKey)
                {
                    _inbox.RunAll();
                }
                else if (_pipes.TryGetValue(ready.Data, out var entry))
                {
                    // Gone from the table when the work that the inbox just did has closed it.
                    Pump(entry.Output, entry.Pipe);
                }
            }

            ReleaseIdleFiles();
            _unsealed.TryAgainWhenDue();
        }

        // The last chance before another program goes on, or none does.
        _unsealed.TryAgain();
    }

    private int MillisecondsToNextStep() => _unsealed.Any ? (int)UnsealedLogs.RetryInterval.TotalMilliseconds
        : _open.Count > 0 ? (int)FileIdleTime.TotalMilliseconds
        : Forever;

    private void Register(TaskOutput output, OutputPipe pipe)
    {
        if (pipe.Ended)
        {
            return;
        }

        pipe.Key = ++_lastKey;
        _pipes[pipe.Key] = (output, pipe);
        _epoll.Add(pipe.Descriptor, EpollEvents.In, pipe.Key);
    }

    private void Pump(TaskOutput output, OutputPipe pipe)
    {
        try
        {
            if (ReadOnce(output, pipe) is not null)
            {
                AnswerWatch(output);
            }
        }
        catch (Exception e)
        {
            // The loop's edge: the output of all other tasks goes on.
            log.Write($"task {output.TaskId}: {pipe.Stream} cannot be read any more: {e}");
            Close(pipe);
        }
    }

    // One read, one frame: the other pipes have their turn before this one's next. Null when there was nothing to read.
    private int? ReadOnce(TaskOutput output, OutputPipe pipe)
    {
        if (pipe.Ended || !DescriptorIO.TryRead(pipe.Descriptor, _buffer.Payload, out var count))
        {
            return null;
        }

        if (count == 0)
        {
            Close(pipe);
            return null;
        }

        // A failed append is counted in the log and told there as a gap: the task is not made to suffer for our disk.
        output.Log.Append(_buffer, pipe.Stream, count, UnixTime.Nanoseconds(time));
        output.Touched = true;
        _open.Add(output);
        GrowWhenFull(pipe, count);
        return count;
    }

    private void Drain(TaskOutput output, OutputPipe pipe)
    {
        for (var total = 0; total < DrainLimit && ReadOnce(output, pipe) is { } count; total += count)
        {
            // Until there is nothing left.
        }

        if (!pipe.Ended)
        {
            Close(pipe);
        }
    }

    private void Close(OutputPipe pipe)
    {
        pipe.Ended = true;
        _pipes.Remove(pipe.Key);
        _epoll.Remove(pipe.Descriptor);
        pipe.Descriptor.Dispose();
    }

    // A task that fills its pipe between two reads gets a larger one: fewer switches between it and us.
    private static void GrowWhenFull(OutputPipe pipe, int count)
    {
        if (!pipe.Grown && count >= DefaultPipe)
        {
            pipe.Grown = true;
            Pipe.GrowCapacity(pipe.Descriptor, GrownPipe);
        }
    }

    private void AnswerWatch(TaskOutput output)
    {
        if (output.WatchedCursor is { } cursor && (output.Log.End.Position > cursor || output.Log.IsSealed))
        {
            output.WatchedCursor = null;
            logGrown(new LogGrown
            {
                TaskId = output.TaskId,
                End = output.Log.End.Position,
                Sealed = output.Log.IsSealed,
            });
        }
    }

    private void ReleaseIdleFiles()
    {
        var now = time.GetTimestamp();
        if (_open.Count <= MostOpenFiles && time.GetElapsedTime(_lastSweep, now) < FileIdleTime)
        {
            return;
        }

        _lastSweep = now;
        _open.RemoveWhere(output =>
        {
            var idle = !output.Touched;
            output.Touched = false;
            if (idle)
            {
                output.Log.ReleaseFile();
            }

            return idle;
        });
    }
}
