using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace Levity.Protocol;

/// <summary>
/// The name of a user, as a certificate carries it in its one Common Name. The rule keeps out whatever could be mistaken
/// for another name (look-alike letters, control characters), and what could lead out of a directory as a file's name.
/// </summary>
public readonly partial record struct UserName
{
    /// <summary>The rule in words, to be put after "is not" or "it is made of".</summary>
    public const string Rule = "1 to 64 of A-Z a-z 0-9 . _ @ + - beginning with a letter or digit";

    private readonly string? _value;

    private UserName(string value) => _value = value;

    /// <summary>Reads a name; false for every string that is none.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out UserName name)
    {
        var isValid = text is not null && Form().IsMatch(text);
        name = isValid ? new UserName(text!) : default;
        return isValid;
    }

    public override string ToString() => _value ?? "";

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
