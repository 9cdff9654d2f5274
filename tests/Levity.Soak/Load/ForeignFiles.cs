using System.Globalization;
using Levity.EndToEnd.Tests.Fixtures;

namespace Levity.Soak.Load;

/// <summary>
/// Files that are none of Levity's business, and would be taken for logs if one followed a link to them: what has become
/// of them can be seen afterwards.
/// </summary>
internal sealed class ForeignFiles(string directory)
{
    // All but when it was read last: contents, mode, owner, size, both times, and what is there.
    private const string Look = """
        find "$1" -exec stat -c '%n %a %u %g %s %Y %Z' {} + | sort
        find "$1" -type f -exec sha256sum {} + | sort
        """;

    private string? _before;

    public string Directory => directory;

    /// <summary>Copies a log whose text is a secret, and notes how it looks.</summary>
    public async Task CopyAsync(string log)
    {
        (await RunningProgram.RunAsync(["cp", "-r", log, directory])).Successful();
        _before = await LookAsync();
    }

    /// <summary>What is other than before; null when nothing is.</summary>
    public async Task<string?> ChangeAsync() =>
        await LookAsync() is var now && now != _before ? string.Create(
            CultureInfo.InvariantCulture, $"before: {_before}; now: {now}") : null;

    private async Task<string> LookAsync() =>
        (await RunningProgram.RunAsync(["sh", "-c", Look, "sh", directory])).Successful().OutputText;
}
