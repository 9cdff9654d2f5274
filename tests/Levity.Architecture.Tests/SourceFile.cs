using System.Text.RegularExpressions;

namespace Levity.Architecture.Tests;

/// <summary>One C# file, as text: enough for rules about names, and no compiler to wait for.</summary>
internal sealed partial class SourceFile
{
    private SourceFile(string path, string text)
    {
        Path = path;
        Lines = text.AsSpan().Count('\n');
        Code = CommentOrString().Replace(text, match => match.Value[0] == '/' ? "" : "\"\"");
        Types = [.. TypeDeclaration().Matches(Code).Select(match => match.Groups["name"].Value)];
    }

    /// <summary>Relative to the repository.</summary>
    public string Path { get; }

    public int Lines { get; }

    /// <summary>The text without its comments and with all strings emptied.</summary>
    public string Code { get; }

    /// <summary>The names of the types it declares, nested ones too.</summary>
    public IReadOnlyList<string> Types { get; }

    public static SourceFile Read(string path) => new(path, File.ReadAllText(Repository.PathOf(path)));

    // In this order: a raw string first, since it also begins like an empty one.
    [GeneratedRegex("""
        //[^\n]* | /\*.*?\*/
        | (?<raw>"{3,}).*?\k<raw>
        | @\$?"(?:[^"]|"")*" | \$@"(?:[^"]|"")*"
        | "(?:[^"\\\n]|\\.)*"
        | '"'
        """, RegexOptions.Singleline | RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex CommentOrString();

    [GeneratedRegex("""
        \b(?:class|struct|interface|enum|record(?:\s+(?:class|struct))?|delegate\s+[\w<>?,.\[\]\ ]+?)\s+
        (?<name>[A-Z]\w*)(?=\s*[<({:;]|\s+where\b|\s*$)
        """, RegexOptions.IgnorePatternWhitespace | RegexOptions.Multiline)]
    private static partial Regex TypeDeclaration();
}
