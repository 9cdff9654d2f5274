using Levity.Daemon.Registry;
using Levity.Daemon.Supervision;
using Levity.Protocol.Registry;

namespace Levity.Daemon.Tasks;

/// <summary>
/// Stops the tasks that were started with a certificate which is good no more. It looks at all that run, again and
/// again: a start that was let through just before the certificate lapsed is found like any other, and so is one of
/// before a restart.
/// </summary>
/// <param name="lapseOf">What has become of a certificate, in words; null when it is good.</param>
internal sealed partial class LapsedTasks(
    TaskManager tasks, Func<StartingCertificate, string?> lapseOf, TimeProvider time, ILogger<LapsedTasks> logger)
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    /// <summary>Works until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                await LookAsync();
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The usual end.
        }
    }

    /// <summary>Asks each of them to stop, as its owner would.</summary>
    public async Task LookAsync()
    {
        // One that is being started runs by the next look, and one that was asked to stop needs no second time.
        foreach (var task in tasks.Unfinished.Where(task => task.Record.State == TaskState.Running))
        {
            if (task.Record.Details?.Certificate is not { } certificate || lapseOf(certificate) is not { } lapse)
            {
                continue;
            }

            try
            {
                // No name of a user has a blank in it: nobody is mistaken for this.
                await tasks.StopAsync(task, $"levityd: the certificate it was started with {lapse}");
                Log.Stopped(logger, task.Record.Id, task.Record.Owner, lapse);
            }
            catch (SupervisorUnavailableException e)
            {
                // The next look tries it again.
                Log.NotStopped(logger, task.Record.Id, e.Message);
                return;
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(601, LogLevel.Information, "Task {Id} of {Owner} is asked to stop: the certificate it was started "
            + "with {Lapse}")]
        public static partial void Stopped(ILogger logger, Protocol.TaskId id, string owner, string lapse);

        [LoggerMessage(602, LogLevel.Warning, "Task {Id}, whose certificate is good no more, is not stopped yet: {Problem}")]
        public static partial void NotStopped(ILogger logger, Protocol.TaskId id, string problem);
    }
}
