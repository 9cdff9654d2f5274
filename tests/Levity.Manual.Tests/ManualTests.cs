using System.Diagnostics;
using System.Reflection;

namespace Levity.Manual.Tests;

/// <summary>What is written of the programs is what they say of themselves.</summary>
public sealed class ManualTests
{
    private static readonly DateTimeOffset Date = new(2026, 11, 26, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_document_of_the_command_line_is_what_the_programs_say()
    {
        var root = typeof(ManualTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(attribute => attribute.Key == "RepositoryRoot").Value!;
        var written = File.ReadAllText(Path.Combine(root, "docs", "cli.md")).Split('\n');
        var actual = CliDocument.Text.Split('\n');

        var line = written.Zip(actual).TakeWhile(pair => pair.First == pair.Second).Count();
        Assert.True(
            line == written.Length && line == actual.Length,
            $"docs/cli.md:{line + 1} is '{written.ElementAtOrDefault(line)}', and the programs say "
            + $"'{actual.ElementAtOrDefault(line)}': `make docs` writes it again");
    }

    [Fact]
    public void Each_verb_has_a_page_with_all_its_options()
    {
        var pages = ManualPages.All(Date).ToDictionary(page => page.File, page => page.Text);

        Assert.Contains("levityd.8", pages.Keys);
        foreach (var page in Programs.Levity)
        {
            var text = pages[$"{page.Path.Replace(' ', '-')}.1"];
            Assert.All(
                page.Sections.SelectMany(section => section.Rows),
                row => Assert.Contains($"\\fB{Roff.Escape(row.Term.Trim())}\\fR", text, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void What_would_be_a_request_is_text()
    {
        var page = new Roff("x", 1, "2026-11-26").Paragraph(".so /etc/passwd\n'a \\fB").ToString();

        Assert.EndsWith(".PP\n\\&.so /etc/passwd\n\\&'a \\efB\n", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mandoc_finds_nothing_wrong_with_the_pages()
    {
        var directory = Directory.CreateTempSubdirectory("levity-manual-");
        try
        {
            foreach (var page in ManualPages.All(Date))
            {
                await File.WriteAllTextAsync(
                    Path.Combine(directory.FullName, page.File), page.Text, TestContext.Current.CancellationToken);
            }

            var (found, exitCode) = await ShellAsync($"cd '{directory.FullName}' && mandoc -T lint -W warning *");

            Assert.Equal(("", 0), (found, exitCode));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static async Task<(string Output, int ExitCode)> ShellAsync(string script)
    {
        if ((Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').All(path => !File.Exists(Path.Combine(path, "mandoc"))))
        {
            const string missing = "there is no mandoc: `scripts/prerequisites ci` installs it";
            Assert.False(Environment.GetEnvironmentVariable("CI") == "true", missing);
            Assert.Skip(missing);
        }

#pragma warning disable RS0030 // Banned for the sake of tasks. This runs a tool of the machine.
        using var shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", $"{script} 2>&1"]) { RedirectStandardOutput = true })!;
#pragma warning restore RS0030
        var output = await shell.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await shell.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (output, shell.ExitCode);
    }
}
