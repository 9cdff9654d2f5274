using Levity.Cli.Output;
using Levity.Client;
using Levity.Protocol;

namespace Levity.Cli.Commands.Naming;

/// <summary>
/// What somebody calls a task: its id, the beginning of its id, or its name. Which of them it is shows in its form alone.
/// </summary>
internal sealed class TaskReference
{
    /// <summary>To be put after what is none.</summary>
    public const string Rule = "is no task: give its id, the beginning of its id, or its name";

    // How many of those that it may be are told.
    private const int MostCandidates = 5;

    private readonly string _text;
    private readonly bool _isName;

    private TaskReference(string text, bool isName) => (_text, _isName) = (text, isName);

    /// <summary>It is the whole id: nobody has to be asked.</summary>
    public bool IsId => TaskId.TryParse(_text, out _);

    /// <returns>Null for what no task is called.</returns>
    public static TaskReference? Parse(string text) =>
        TaskIdPrefix.TryParse(text, out _) ? new TaskReference(text, isName: false)
        : TaskName.TryParse(text, out _) ? new TaskReference(text, isName: true)
        : null;

    /// <summary>The task that is meant.</summary>
    /// <param name="client">Asks the server, unless it is an id.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <exception cref="CommandException">There is none, or more than one.</exception>
    public async Task<TaskHandle> FindAsync(LevityClient client, CancellationToken cancellationToken)
    {
        if (IsId)
        {
            return new TaskHandle { Id = _text };
        }

        var request = new ListTasksRequest
        {
            Filter = _isName
                ? new TaskFilter { Name = _text }
                : new TaskFilter { IdPrefix = _text, AllOwners = true },
            PageSize = MostCandidates + 1,
        };
        var page = await client.RepeatAsync((tasks, options) => tasks.ListTasksAsync(request, options), cancellationToken);
        return (_isName ? Newest(page) : Only(page)).TaskId;
    }

    public override string ToString() => _text;

    // Only one that is not over has the name. Without one it is the last that had it.
    private TaskEntry Newest(ListTasksResponse page) =>
        page.Tasks.FirstOrDefault(task => !StateNames.IsFinal(task.Report.StatusCode))
        ?? page.Tasks.FirstOrDefault()
        ?? throw new CommandException($"no such task: none of yours is named {_text}");

    private TaskEntry Only(ListTasksResponse page) => page.Tasks switch
    {
        [var only] => only,
        [] => throw new CommandException($"no such task: no id of those that you may read begins with {_text}"),
        _ => throw new CommandException($"{_text} is the beginning of more than one id: {Candidates(page)}"),
    };

    private static string Candidates(ListTasksResponse page) =>
        string.Join(", ", page.Tasks.Take(MostCandidates).Select(Describe))
        + (page.Tasks.Count > MostCandidates ? " and more" : "");

    private static string Describe(TaskEntry task) =>
        $"{task.TaskId.Id} ({(task.Report.Name.Length > 0 ? task.Report.Name : task.Binary)}, "
        + $"{StateNames.Of(task.Report.StatusCode)})";
}
