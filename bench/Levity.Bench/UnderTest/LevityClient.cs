using Grpc.Net.Client;
using Levity.Bench.Measuring;
using Levity.Protocol;

namespace Levity.Bench.UnderTest;

/// <summary>A caller of levityd over one connection, and what a caller does again and again.</summary>
internal sealed class LevityClient(GrpcChannel channel) : IDisposable
{
    // Asking takes time from what is asked about: soon at first, for short tasks, and then less and less often.
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(8);

    public TaskManager.TaskManagerClient Api { get; } = new(channel);

    public async Task<TaskHandle> StartAsync(string binary, string[] args, CancellationToken cancellationToken)
    {
        var request = new StartTaskRequest { Binary = binary, Args = { args } };
        return (await Api.StartTaskAsync(request, cancellationToken: cancellationToken)).TaskId;
    }

    /// <summary>Asks until the task is over.</summary>
    /// <exception cref="BrokenSideException">It did not end with exit code 0.</exception>
    public async Task WaitAsync(TaskHandle task, CancellationToken cancellationToken)
    {
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            var report = await Api.QueryTaskAsync(
                new QueryTaskRequest { TaskId = task }, cancellationToken: cancellationToken);
            if (report is { StatusCode: TaskStatusCode.Finished, HasExitCode: true, ExitCode: 0 })
            {
                return;
            }

            if (report.StatusCode is not (TaskStatusCode.NotStarted or TaskStatusCode.Running))
            {
                throw new BrokenSideException($"task {task.Id}: {report}");
            }

            await Task.Delay(pause, TimeProvider.System, cancellationToken);
        }
    }

    public void Dispose() => channel.Dispose();
}
