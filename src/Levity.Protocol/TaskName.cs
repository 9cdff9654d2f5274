using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace Levity.Protocol;

/// <summary>
/// The name of a task. It never looks like an id or the beginning of one, in whatever case: so what somebody types is one
/// of the three by its form alone, whatever tasks there are.
/// </summary>
public readonly partial record struct TaskName
{
    /// <summary>The rule in words, to be put after "is not" or "it is made of".</summary>
    public const string Rule = "1 to 64 of A-Z a-z 0-9 . _ - beginning with a letter or digit";

    private readonly string? _value;

    private TaskName(string value) => _value = value;

    /// <summary>Reads a name; false for every string that is none.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out TaskName name)
    {
        var isValid = text is not null && Form().IsMatch(text) && !LooksLikeId(text);
        name = isValid ? new TaskName(text!) : default;
        return isValid;
    }

    /// <summary>Whether an id might begin like this, so that it is no name.</summary>
    public static bool LooksLikeId(string text) => TaskIdPrefix.TryParse(text.ToLowerInvariant(), out _);

    public override string ToString() => _value ?? "";

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._-]{0,63}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
