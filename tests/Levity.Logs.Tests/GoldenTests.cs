using System.Globalization;
using System.Text;
using Levity.Logs.Tests.Fixtures;

namespace Levity.Logs.Tests;

/// <summary>
/// Logs that were written once, one directory of them for each format version. They must be read for ever as the text
/// beside them says; neither is ever changed.
/// </summary>
public sealed class GoldenTests
{
    public static TheoryData<string> Logs => [.. Directory.EnumerateDirectories(Root, "*", SearchOption.AllDirectories)
        .Select(directory => Path.GetRelativePath(Root, directory))
        .Where(name => name.Contains('/', StringComparison.Ordinal))
        .Order(StringComparer.Ordinal)];

    private static string Root => Path.Combine(AppContext.BaseDirectory, "Golden");

    [Theory]
    [MemberData(nameof(Logs))]
    public void An_old_log_is_read_for_ever(string log)
    {
        var expected = File.ReadAllText(Path.Combine(Root, $"{log}.txt"));

        Assert.Equal(expected, string.Concat(TestLogs.ReadAll(Path.Combine(Root, log)).Select(Line)));
    }

    [Theory]
    [MemberData(nameof(Logs))]
    public void An_old_log_is_gone_on_with(string log)
    {
        using var logs = new TemporaryDirectory();
        Directory.CreateDirectory(logs["a"]);
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Root, log)))
        {
            File.Copy(file, Path.Combine(logs["a"], Path.GetFileName(file)));
        }

        var before = TestLogs.ReadAll(logs["a"]);
        using var writer = LogWriter.Reopen(logs["a"]);

        Assert.Equal(before[^1].Outcome == LogReadOutcome.Sealed, writer.IsSealed);
        if (!writer.IsSealed)
        {
            Assert.True(writer.Seal(1, "now"u8).Succeeded);
        }

        var after = TestLogs.ReadAll(logs["a"]);
        Assert.Equal(before.SkipLast(1), after.Take(before.Count - 1));
        Assert.Equal(LogReadOutcome.Sealed, after[^1].Outcome);
    }

    private static string Line(Entry read) => string.Create(
        CultureInfo.InvariantCulture,
        $"{read.Outcome} {read.Stream} {read.UnixNs} {read.Missing} {read.Reason} [{Hex(read)}] -> {read.Next}\n");

    private static string Hex(Entry entry) => Convert.ToHexStringLower(Encoding.Latin1.GetBytes(entry.Payload));
}
