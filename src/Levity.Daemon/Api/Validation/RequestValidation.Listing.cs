using Levity.Daemon.Api.Listing;
using Levity.Protocol;

namespace Levity.Daemon.Api.Validation;

internal static partial class RequestValidation
{
    // More than anybody types, and few enough to be held against a hundred thousand tasks.
    private const int MostSelectors = 32;

    public static void Check(ListTasksRequest request)
    {
        Check(request.Filter);
        if (request.PageSize < 0)
        {
            throw RpcErrors.Invalid("page_size", $"{request.PageSize} is below zero; 0 leaves it to the server");
        }

        if (request.PageToken.Length > 0 && !PageToken.TryParse(request.PageToken, out _))
        {
            throw RpcErrors.Invalid(
                "page_token", $"{RpcErrors.Quote(request.PageToken)} is no next_page_token of ListTasks: begin without one");
        }
    }

    public static void Check(WatchTasksRequest request)
    {
        Check(request.Filter);
        CheckTime("ended_since", request.EndedSince);
    }

    private static void Check(TaskFilter? filter)
    {
        if (filter is null)
        {
            return;
        }

        if (filter.States.Where(state => !Enum.IsDefined(state)).Cast<TaskStatusCode?>().FirstOrDefault() is { } unknown)
        {
            throw RpcErrors.Invalid("filter.states", $"{(int)unknown} is not a state; there are those from 0 to 6");
        }

        if (filter.Labels.Count > MostSelectors || filter.States.Count > MostSelectors)
        {
            var field = filter.Labels.Count > MostSelectors ? "labels" : "states";
            throw RpcErrors.Invalid($"filter.{field}", $"has more than {MostSelectors} entries");
        }

        foreach (var selector in filter.Labels)
        {
            CheckLabelKey("filter.labels", selector.Key);
        }

        if (filter.HasName)
        {
            CheckName("filter.name", filter.Name);
        }

        if (filter.HasIdPrefix && !TaskIdPrefix.TryParse(filter.IdPrefix, out _))
        {
            throw RpcErrors.Invalid(
                "filter.id_prefix", $"{RpcErrors.Quote(filter.IdPrefix)} is not the beginning of a task id (a lower-case UUID)");
        }

        if (filter.HasOwner)
        {
            CheckUser("filter.owner", filter.Owner);
        }

        CheckTime("filter.created_since", filter.CreatedSince);
        CheckTime("filter.created_before", filter.CreatedBefore);
        CheckTime("filter.ended_since", filter.EndedSince);
        if (filter is { CreatedSince: not null, CreatedBefore: not null } && filter.CreatedBefore <= filter.CreatedSince)
        {
            throw RpcErrors.Invalid("filter.created_before", "is not after created_since, so that nothing is between them");
        }
    }
}
