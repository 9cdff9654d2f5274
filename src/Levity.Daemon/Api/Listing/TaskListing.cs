using Levity.Daemon.Security;
using Levity.Daemon.Tasks;
using Levity.Protocol;
using TaskManager = Levity.Daemon.Tasks.TaskManager;

namespace Levity.Daemon.Api.Listing;

/// <summary>
/// One page of the tasks that somebody has asked for. Nothing is kept between two pages: each begins where the token says,
/// which is a place in the order of all tasks.
/// </summary>
internal sealed class TaskListing(AccessPolicy policy, TaskManager tasks, TaskReporter reporter)
{
    /// <summary>How many tasks a page has at most, and how many if nobody says.</summary>
    public const int MostTasks = 1_000;
    private const int UsualTasks = 100;

    // What gRPC clients take is 4 MiB; a single task has some 50 KiB at the very most.
    private const int MostBytes = 3 * 1024 * 1024;

    /// <param name="request">One that was checked.</param>
    /// <param name="caller">Who asks.</param>
    public ListTasksResponse List(ListTasksRequest request, CallerIdentity caller)
    {
        var selection = new TaskSelection(request.Filter, caller, policy);
        var most = request.PageSize == 0 ? UsualTasks : Math.Min(request.PageSize, MostTasks);
        _ = PageToken.TryParse(request.PageToken, out var from);
        var page = new ListTasksResponse();
        var (size, last) = (0, default(ManagedTask));
        foreach (var task in tasks.Order.Walk(selection.Owner, !request.OldestFirst, from))
        {
            if (!selection.Includes(task.Record))
            {
                continue;
            }

            // There is one more, for another page.
            if (page.Tasks.Count == most || size > MostBytes)
            {
                page.NextPageToken = PageToken.Of(TaskPosition.Of(last!.Record));
                break;
            }

            last = task;
            page.Tasks.Add(reporter.Entry(task, task.Record, caller));
            size += page.Tasks[^1].CalculateSize();
        }

        return page;
    }
}
