using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace Levity.Protocol;

/// <summary>
/// The beginning of a task's id, in its text form: one character of it or all 36. Whether an id begins like this is told
/// without making a text of the id, for it is asked of many.
/// </summary>
public readonly partial record struct TaskIdPrefix
{
    private const string Lowest = "00000000-0000-0000-0000-000000000000";
    private const string Highest = "ffffffff-ffff-ffff-ffff-ffffffffffff";

    private readonly TaskId _first;
    private readonly TaskId _last;

    private TaskIdPrefix(TaskId first, TaskId last) => (_first, _last) = (first, last);

    /// <summary>Reads a beginning; false for every string that no id begins with.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out TaskIdPrefix prefix)
    {
        prefix = default;
        if (text is null || text.Length > Lowest.Length || !Form().IsMatch(text))
        {
            return false;
        }

        // False where a hyphen is in the wrong place, or there is none in the right one.
        var parsed = TaskId.TryParse(text + Lowest[text.Length..], out var first)
            & TaskId.TryParse(text + Highest[text.Length..], out var last);
        prefix = new TaskIdPrefix(first, last);
        return parsed;
    }

    public bool IsOf(TaskId id) => id.CompareTo(_first) >= 0 && id.CompareTo(_last) <= 0;

    [GeneratedRegex(@"\A[-0-9a-f]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
