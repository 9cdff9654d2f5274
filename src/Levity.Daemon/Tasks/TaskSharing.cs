using Google.Protobuf.WellKnownTypes;
using Levity.Daemon.Registry;
using Levity.Protocol;
using Levity.Protocol.Registry;
using Levity.Protocol.Supervisor;

namespace Levity.Daemon.Tasks;

/// <summary>
/// With whom tasks are shared. A change is durable before it holds, and before anybody is told: so what was given survives
/// levityd, and what was taken back never returns.
/// </summary>
internal sealed class TaskSharing(ITaskRegistry registry, TimeProvider time)
{
    /// <summary>How many users a task can be shared with at a time: each call about it looks at all of them.</summary>
    public const int MostShares = 64;

    /// <summary>
    /// Shares a task with a user, in place of what they had. The share; null when there are as many as there can be.
    /// Throws <see cref="RegistryUnavailableException"/>.
    /// </summary>
    public Task<TaskShare?> ShareAsync(ManagedTask task, ShareTaskRequest request) => task.ChangeAsync(async () =>
    {
        var now = time.GetUtcNow();
        var share = new TaskShare
        {
            User = request.User,
            Read = request.Read,
            Signal = request.Signal,
            Attach = request.Attach,
            SharedAt = now.ToTimestamp(),
            ExpiresAt = request.ValidFor is { } duration ? (now + duration.ToTimeSpan()).ToTimestamp() : null,
        };
        var others = OthersThan(request.User, task.Record, now);
        if (others.Count >= MostShares)
        {
            return null;
        }

        await ReplaceAsync(task, [.. others, share]);
        return share;
    });

    /// <summary>
    /// Takes back what a user was given. False when that is nothing. Throws <see cref="RegistryUnavailableException"/>.
    /// </summary>
    public Task<bool> UnshareAsync(ManagedTask task, string user) => task.ChangeAsync(async () =>
    {
        var now = time.GetUtcNow();
        if (task.Record.ShareOf(user, now) is null)
        {
            return false;
        }

        await ReplaceAsync(task, OthersThan(user, task.Record, now));
        return true;
    });

    // Without those that have expired: nobody asks about them any more.
    private static List<TaskShare> OthersThan(string user, TaskRecord record, DateTimeOffset now) =>
        [.. record.SharesAt(now).Where(share => !string.Equals(share.User, user, StringComparison.Ordinal))];

    private async Task ReplaceAsync(ManagedTask task, IReadOnlyCollection<TaskShare> shares)
    {
        // A copy: who has the record has it as it was.
        var details = task.Record.Details?.Clone() ?? new TaskDetails();
        details.Shares.Clear();
        details.Shares.Add(shares);
        await registry.UpdateAsync(task.Record with { Details = details }, CancellationToken.None);
        Failpoints.Pass(Failpoint.ShareRecorded);
        task.Share(details);
    }
}
