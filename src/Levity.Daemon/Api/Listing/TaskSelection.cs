using Levity.Daemon.Registry;
using Levity.Daemon.Security;
using Levity.Protocol;
using Timestamp = Google.Protobuf.WellKnownTypes.Timestamp;

namespace Levity.Daemon.Api.Listing;

/// <summary>Which tasks somebody has asked for, and may be told of.</summary>
internal sealed class TaskSelection
{
    private readonly AccessPolicy _policy;
    private readonly CallerIdentity _caller;
    private readonly TaskFilter _filter;
    private readonly TaskIdPrefix? _prefix;

    /// <param name="filter">One that was checked; null for an empty one.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="policy">What they may be told of.</param>
    public TaskSelection(TaskFilter? filter, CallerIdentity caller, AccessPolicy policy)
    {
        (_policy, _caller, _filter) = (policy, caller, filter ?? new TaskFilter());
        _prefix = TaskIdPrefix.TryParse(_filter.IdPrefix, out var prefix) ? prefix : null;
        Owner = _filter.HasOwner ? _filter.Owner : _filter.AllOwners ? null : caller.Name;
    }

    /// <summary>Whose tasks, if it is one user's.</summary>
    public string? Owner { get; }

    /// <summary>Whether a task is one of them, as it is on record. The cheap questions come first, for it is asked of many.</summary>
    public bool Includes(TaskRecord record) =>
        (_filter.States.Count == 0 || _filter.States.Contains((TaskStatusCode)record.State))
        && (_prefix is not { } prefix || prefix.IsOf(record.Id))
        && (Owner is null || string.Equals(record.Owner, Owner, StringComparison.Ordinal))
        && (!_filter.HasName || (record.Request.HasName && record.Request.Name == _filter.Name))
        && (_filter.CreatedSince is null || record.CreatedAt >= _filter.CreatedSince.ToDateTimeOffset())
        && (_filter.CreatedBefore is null || record.CreatedAt < _filter.CreatedBefore.ToDateTimeOffset())
        && (_filter.EndedSince is null || HasEndedSince(record, _filter.EndedSince))
        && HasLabels(record)
        && MayBeTold(record);

    /// <summary>Whether the caller may be told of a task at all.</summary>
    public bool MayBeTold(TaskRecord record) => _policy.RightsTo(record, _caller).HasFlag(Rights.Read);

    /// <summary>Whether a task is over, and was not before a time.</summary>
    public static bool HasEndedSince(TaskRecord record, Timestamp time) =>
        record.Ending is { EndedAt: { } ended } && ended.CompareTo(time) >= 0;

    private bool HasLabels(TaskRecord record)
    {
        // Not LINQ: it is asked of a hundred thousand, most often for none.
        for (var i = 0; i < _filter.Labels.Count; i++)
        {
            var wanted = _filter.Labels[i];
            if (!record.Request.Labels.TryGetValue(wanted.Key, out var value) || (wanted.HasValue && value != wanted.Value))
            {
                return false;
            }
        }

        return true;
    }
}
