using System.Runtime.CompilerServices;
using Google.Protobuf.WellKnownTypes;
using Levity.Client.Connection;
using Levity.Protocol;

namespace Levity.Client.Calls;

/// <summary>
/// Receives what happens to tasks, each state and each attempt of each once, across connections: it remembers what it has
/// passed on, and after a break asks for what has ended since, and a little before.
/// </summary>
internal sealed class TasksReceiver(
    SharedConnection connection, ConnectionOptions options, WatchTasksRequest request, TimeProvider time)
{
    // An end is told once it is durable, which takes a moment: see WatchTasks in api/levity.proto.
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, Known> _known = new(StringComparer.Ordinal);

    private int _most = 10_000;

    // From when on somebody wants to hear of ends.
    private Timestamp? _begin = request.EndedSince;

    /// <exception cref="LevityException">It cannot begin, or cannot go on.</exception>
    public async IAsyncEnumerable<WatchTasksResponse> ReceiveAsync(
        Action? resuming, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var receiver = new WatchReceiver<WatchTasksResponse>(
            connection, options, (client, callOptions) => client.WatchTasks(request, callOptions), Received, time);
        await foreach (var message in receiver.ReceiveAsync(resuming, cancellationToken))
        {
            if (IsNews(message))
            {
                yield return message;
            }
        }
    }

    private bool Received(WatchTasksResponse message)
    {
        _begin ??= message.Time;
        request.EndedSince = (message.Time.ToDateTimeOffset() - Margin).ToTimestamp();
        return false;
    }

    private bool IsNews(WatchTasksResponse message)
    {
        switch (message.EventCase)
        {
            case WatchTasksResponse.EventOneofCase.Task:
                return IsNews(message.Task.TaskId.Id, message.Task.Report, message.Time);
            case WatchTasksResponse.EventOneofCase.Removed:
                _known.Remove(message.Removed.Id);
                return true;
            case WatchTasksResponse.EventOneofCase.Synced:
                Forget(message.Time);
                return true;
            default:
                return true;
        }
    }

    private bool IsNews(string id, QueryTaskResponse report, Timestamp time)
    {
        var now = new Known(
            new Stage(report.StatusCode, report.Attempt, report.NextAttemptAt is not null), report.Ending?.EndedAt);
        var isKnown = _known.TryGetValue(id, out var before);
        if (isKnown && before.Stage == now.Stage)
        {
            return false;
        }

        _known[id] = now;
        if (_known.Count > _most)
        {
            Forget(time);
            _most = Math.Max(_most, 2 * _known.Count);
        }

        // Not one that was over before anybody wanted to know, and is told for the sake of the margin.
        return isKnown || now.EndedAt is null || now.EndedAt.CompareTo(_begin) >= 0;
    }

    // What ended long ago is not told again.
    private void Forget(Timestamp now)
    {
        var old = (now.ToDateTimeOffset() - (2 * Margin)).ToTimestamp();
        foreach (var id in _known.Where(task => task.Value.EndedAt?.CompareTo(old) < 0).Select(task => task.Key).ToList())
        {
            _known.Remove(id);
        }
    }

    private readonly record struct Known(Stage Stage, Timestamp? EndedAt);

    private readonly record struct Stage(TaskStatusCode State, int Attempt, bool Waits);
}
