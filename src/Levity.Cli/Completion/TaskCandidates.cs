using Levity.Cli.Commands;
using Levity.Cli.Output;
using Levity.Client;
using Levity.Configuration;
using Levity.Protocol;

namespace Levity.Cli.Completion;

/// <summary>
/// The tasks that somebody who is typing may mean: what the server tells within a moment, and nothing when it does not.
/// </summary>
internal static class TaskCandidates
{
    // Longer, and it would seem to hang.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    // The newest: one page, and more would not fit on a screen.
    private const int Most = 200;

    /// <param name="namesOnly">Ids are of no use there.</param>
    /// <param name="words">The line so far, which may say which server it is.</param>
    /// <param name="globals">The options that say it.</param>
    /// <param name="root">All verbs.</param>
    /// <param name="context">Where this runs.</param>
    public static async Task<IReadOnlyList<Candidate>> FindAsync(
        bool namesOnly, IReadOnlyList<string> words, GlobalOptions globals, LevityCommand root, CommandContext context)
    {
        try
        {
            var parsed = root.Parse(Operands.Separate([.. words.SkipLast(1)], root));
            using var patience = new CancellationTokenSource(Patience, context.Time);
            using var client = globals.Connect(parsed, context);
            var request = new ListTasksRequest { PageSize = Most };
            var page = await client.CallAsync((tasks, options) => tasks.ListTasksAsync(request, options), patience.Token);
            return [.. page.Tasks.SelectMany(Of).Where(candidate => !namesOnly || TaskName.TryParse(candidate.Word, out _))];
        }
        catch (Exception e) when (e is CommandException or LevityException or ConfigurationException
            or OperationCanceledException or InvalidOperationException)
        {
            // InvalidOperationException: the parser's, of an option that has no value yet.
            return [];
        }
    }

    private static IEnumerable<Candidate> Of(TaskEntry task)
    {
        var command = $"{task.Binary} {string.Join(' ', task.Args)}".TrimEnd();
        var description = ErrorLine.Escape($"{StateNames.Of(task.Report.StatusCode)}: {command}");
        return task.Report.Name.Length > 0
            ? [new(task.Report.Name, description), new(task.TaskId.Id, description)]
            : [new(task.TaskId.Id, description)];
    }
}
