using Levity.Protocol;

namespace Levity.Daemon.Registry;

/// <summary>
/// Where task records outlive levityd. A call that has returned is durable: neither kill -9 nor loss of power undoes
/// it.
/// Calls may come from any thread; those on one task are made one after the other by that task's owner.
/// </summary>
internal interface ITaskRegistry : IAsyncDisposable
{
    /// <summary>
    /// All records as they were when the registry was opened, in no order; handed out once. A record that cannot be read
    /// is reported and left out, never a reason to stop.
    /// </summary>
    Task<IReadOnlyList<TaskRecord>> LoadAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Adds a new record. Refused when its id, or its request key with the same owner, is there already.
    /// </summary>
    Task AddAsync(TaskRecord record, CancellationToken cancellationToken);

    /// <summary>
    /// Replaces what can change of a record: state, exit code, ending. All else has to be as it was added, except for
    /// <see cref="TaskRecord.AskedAt"/>, which is not looked at.
    /// </summary>
    Task UpdateAsync(TaskRecord record, CancellationToken cancellationToken);

    /// <summary>
    /// Notes when tasks were last asked about, all in one commit. Ids that are not there are passed over.
    /// </summary>
    Task TouchAsync(
        IReadOnlyCollection<(TaskId Id, DateTimeOffset AskedAt)> touched, CancellationToken cancellationToken);

    /// <summary>Removes a record; nothing happens when it is not there.</summary>
    Task RemoveAsync(TaskId id, CancellationToken cancellationToken);
}

/// <summary>
/// The registry cannot write, for lack of space for instance. What it was asked to do has not happened.
/// </summary>
internal sealed class RegistryUnavailableException(string message, Exception inner) : IOException(message, inner);

/// <summary>
/// The disk has failed under the registry, or what is on it is damaged. Whether what it was asked to do has happened is
/// not known, and nothing more is done: levityd has to end, and the next one looks at what is there.
/// </summary>
internal sealed class RegistryFailedException(string message, Exception inner) : IOException(message, inner);
