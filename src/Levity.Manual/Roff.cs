using System.Text;
using Levity.Cli.Commands;
using Levity.Protocol.Supervisor;

namespace Levity.Manual;

/// <summary>A page of the manual as man(7) and mandoc(1) read it.</summary>
internal sealed class Roff
{
    private readonly StringBuilder _text = new();
    private bool _hasHead;

    public Roff(string name, int section, string date)
    {
        var version = ThisBuild.Version.Split('+')[0];
        _text.Append($".TH {Escape(name.ToUpperInvariant())} {section} {date} \"levity {version}\" \"Levity\"\n");
    }

    public Roff Section(string title) => Raw($".SH {Escape(title.ToUpperInvariant())}");

    public Roff Paragraph(string text) => Apart().Raw(Line(text));

    /// <summary>Lines as they are, in the middle of a text.</summary>
    public Roff Verbatim(string text) =>
        Apart().Raw(".RS 4").Raw(".EX").Raw(string.Join('\n', text.Split('\n').Select(Line))).Raw(".EE").Raw(".RE");

    public Roff Terms(IEnumerable<HelpRow> rows)
    {
        foreach (var row in rows)
        {
            Raw(".TP").Raw($"\\fB{Escape(row.Term.Trim())}\\fR").Raw(Line(row.Text));
        }

        return this;
    }

    public Roff Raw(string line)
    {
        _text.Append(line).Append('\n');
        _hasHead = line.StartsWith(".SH", StringComparison.Ordinal);
        return this;
    }

    public override string ToString() => _text.ToString();

    /// <summary>Text in which roff sees nothing to obey, and in which a hyphen can be copied as the one of an option.</summary>
    public static string Escape(string text) => text
        .Replace("\\", "\\e", StringComparison.Ordinal)
        .Replace("-", "\\-", StringComparison.Ordinal)
        .Replace("\u2026", "\\[u2026]", StringComparison.Ordinal);

    // The head of a section is apart from what follows it already.
    private Roff Apart() => _hasHead ? this : Raw(".PP");

    // A line that begins with one of these would be a request, and an empty one a gap.
    private static string Line(string text) => string.Join('\n', text.Split('\n').Select(
        line => line is [] or ['.' or '\'', ..] ? $"\\&{Escape(line)}" : Escape(line)));
}
