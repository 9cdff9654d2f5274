using Levity.Processes;
using Levity.Protocol.Supervisor;

namespace Levity.Supervisor.Children;

/// <summary>That a child's command is executed again when it fails, and with what: the same order, and the same pipes.</summary>
internal sealed class ChildRetries(StartChild request, StandardStreams streams)
{
    public StartChild Request => request;

    /// <summary>Held open between the attempts, so that the log goes on.</summary>
    public StandardStreams Streams => streams;

    /// <summary>Whether there may be another one after so many.</summary>
    public bool MayFollow(int attempts) => attempts <= request.Retry.MostRetries;

    /// <summary>How long to wait after so many attempts: twice as long each time.</summary>
    public TimeSpan BackoffAfter(int attempts) => TimeSpan.FromMilliseconds(
        Math.Min(Math.ScaleB(request.Retry.BackoffMs, attempts - 1), Math.Max(request.Retry.BackoffMs, request.Retry.LongestBackoffMs)));
}
