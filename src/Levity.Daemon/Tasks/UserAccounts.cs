using System.Collections.Concurrent;
using Levity.Daemon.LogStreaming;

namespace Levity.Daemon.Tasks;

/// <summary>What each user has of what is limited. A start is entered here before it is on record.</summary>
internal sealed class UserAccounts(LimitTable limits, TaskLogs logs, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, UserAccount> _accounts = new(StringComparer.Ordinal);

    /// <summary>Enters a task that is to be started, or says which limit of its owner's stands against that.</summary>
    public OverLimit? TryEnter(ManagedTask task)
    {
        var owner = task.Record.Owner;
        var limit = limits.Of(owner);
        var account = AccountOf(task);
        if (limit.LogBytes is { } bytes && account.MeasureLogs(logs) is var used && used >= bytes)
        {
            return new OverLimit(owner, UserLimit.LogBytes, bytes, used);
        }

        return account.TryEnter(task, limit, time);
    }

    /// <summary>What a user has now of what is limited for them, reached or not.</summary>
    public IReadOnlyList<OverLimit> Look(string user)
    {
        var limit = limits.Of(user);
        var account = _accounts.GetValueOrDefault(user) ?? new UserAccount(user);
        return limit.LogBytes is { } bytes
            ? [.. account.Look(limit, time), new OverLimit(user, UserLimit.LogBytes, bytes, account.MeasureLogs(logs))]
            : account.Look(limit, time);
    }

    /// <summary>Enters a task that was found on record: limits are for new ones.</summary>
    public void Enter(ManagedTask task) => AccountOf(task).Enter(task);

    /// <summary>The task runs no longer. Its log stays.</summary>
    public void Ended(ManagedTask task) => AccountOf(task).Ended(task);

    /// <summary>The task is gone, and its log with it.</summary>
    public void Remove(ManagedTask task) => AccountOf(task).Remove(task);

    private UserAccount AccountOf(ManagedTask task) =>
        _accounts.GetOrAdd(task.Record.Owner, owner => new UserAccount(owner));
}
