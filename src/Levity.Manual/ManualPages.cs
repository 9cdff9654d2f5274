using System.Globalization;
using Levity.Cli.Commands;

namespace Levity.Manual;

/// <summary>The manual: a page for levity, for each verb, and for levityd.</summary>
internal static class ManualPages
{
    public static IEnumerable<ManualPage> All(DateTimeOffset now)
    {
        var date = now.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        return
        [
            .. Programs.Levity.Select((page, index) => new ManualPage(NameOf(page), 1, OfLevity(page, date, isTop: index == 0))),
            new ManualPage("levityd", 8, OfLevityd(date)),
        ];
    }

    private static string NameOf(HelpPage page) => page.Path.Replace(' ', '-');

    private static string OfLevity(HelpPage page, string date, bool isTop)
    {
        var text = new Roff(NameOf(page), 1, date);
        Describe(text, page);
        if (isTop)
        {
            text.Section("Output formats").Terms(Surroundings.Formats);
            text.Section("Configuration").Paragraph(Surroundings.Configuration).Verbatim(Surroundings.ConfigurationExample);
            text.Section("Environment").Terms(Surroundings.Variables);
            text.Section("Files").Terms(Surroundings.Files);
            text.Section("Exit status").Terms(Surroundings.ExitCodes);
            text.Section("See also").Paragraph($"levityd(8), {string.Join(
                ", ", Programs.Levity.Skip(1).Select(verb => $"{NameOf(verb)}(1)").Order(StringComparer.Ordinal))}");
        }
        else
        {
            text.Section("Exit status").Paragraph("That of levity(1).");
            text.Section("See also").Paragraph("levity(1), for the options that say how to reach a server.");
        }

        return text.ToString();
    }

    private static string OfLevityd(string date)
    {
        var text = new Roff("levityd", 8, date);
        Describe(text, Programs.Levityd[0]);
        foreach (var page in Programs.Levityd.Skip(1).Where(page => page.Sections.All(section => section.Title != "Commands")))
        {
            text.Section(page.Path).Paragraph(page.Summary).Verbatim(page.Usage);
            Sections(text, page);
        }

        text.Section("See also").Paragraph("levity(1)");
        return text.ToString();
    }

    private static void Describe(Roff text, HelpPage page)
    {
        text.Section("Name").Raw($"{Roff.Escape(NameOf(page))} \\- {Roff.Escape(page.Summary.TrimEnd('.'))}");
        text.Section("Synopsis").Verbatim(page.Usage);
        text.Section("Description").Paragraph(page.Summary);
        Sections(text, page);
        if (page.Examples.Count > 0)
        {
            text.Section("Examples");
            foreach (var example in page.Examples)
            {
                text.Paragraph(example.Meaning).Verbatim(example.Line);
            }
        }
    }

    private static void Sections(Roff text, HelpPage page)
    {
        foreach (var section in page.Sections)
        {
            text.Section(section.Title).Terms(section.Rows);
        }
    }
}
