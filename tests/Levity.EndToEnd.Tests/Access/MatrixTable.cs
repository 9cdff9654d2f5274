using Levity.EndToEnd.Tests.Fixtures;

namespace Levity.EndToEnd.Tests.Access;

/// <summary>What the matrix test has seen, as it stands in docs/security.md.</summary>
internal static class MatrixTable
{
    private const string Begin = "<!-- access matrix: begin -->\n";
    private const string End = "<!-- access matrix: end -->\n";

    private const string Renewal =
        "RENEW_DOCS=1 dotnet run --project tests/Levity.EndToEnd.Tests -c Release -- -class '*AccessMatrixTests'";

    private static readonly (string Head, Caller[] Callers, Shown Shown)[] Columns =
    [
        ("owner", [Caller.Owner], Shown.Valid),
        ("admin", [Caller.Admin], Shown.Valid),
        ("viewer", [Caller.Viewer], Shown.Valid),
        ("grantee (read)", [Caller.Reader], Shown.Valid),
        ("grantee (signal)", [Caller.Signaller], Shown.Valid),
        ("grantee (attach)", [Caller.Attacher], Shown.Valid),
        ("other", [Caller.Other], Shown.Valid),
        ("may not start", [Caller.NoStart], Shown.Valid),

        // Of anybody.
        ("of another CA", Enum.GetValues<Caller>(), Shown.WrongCa),
        ("expired", Enum.GetValues<Caller>(), Shown.Expired),
        ("for servers", Enum.GetValues<Caller>(), Shown.ForServers),
        ("for nothing", Enum.GetValues<Caller>(), Shown.NoUsage),
        ("none", [Caller.Owner], Shown.Nothing),
    ];

    private static string Document => Path.Combine(PublishedPrograms.RepositoryRoot, "docs", "security.md");

    public static string Of(IEnumerable<string> methods, Func<string, Caller, Shown, string> answer) => string.Concat(
    [
        $"| |{string.Concat(Columns.Select(column => $" {column.Head} |"))}\n",
        $"|---|{string.Concat(Columns.Select(_ => "---|"))}\n",
        .. from method in methods
           let cells =
               from column in Columns
               select string.Join(
                   ", ", column.Callers.Select(caller => answer(method, caller, column.Shown)).Distinct())
           select $"| {method} | {string.Join(" | ", cells)} |\n",
    ]);

    /// <summary>Holds the document against it, or with RENEW_DOCS writes it there.</summary>
    public static void AssertDocumented(string table)
    {
        var text = File.ReadAllText(Document);
        var begin = text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        var end = text.IndexOf(End, StringComparison.Ordinal);
        Assert.True(begin >= Begin.Length && end >= begin, $"{Document} has not the two lines {Begin}{End}");
        if (Environment.GetEnvironmentVariable("RENEW_DOCS") is { Length: > 0 })
        {
            using var writer = new StreamWriter(Document);
            writer.Write($"{text[..begin]}{table}{text[end..]}");
            return;
        }

        Assert.True(text[begin..end] == table, $"docs/security.md shows another matrix; to renew it: {Renewal}");
    }
}
