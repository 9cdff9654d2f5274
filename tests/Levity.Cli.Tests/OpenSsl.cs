using System.Diagnostics;

namespace Levity.Cli.Tests;

/// <summary>The openssl tool, whose word on what we make counts.</summary>
internal static class OpenSsl
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <returns>Its exit code, and all that it has written.</returns>
    public static async Task<(int ExitCode, string Text)> TryAsync(params IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo("openssl", arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
#pragma warning disable RS0030 // Banned for the sake of tasks. This is a tool of the tests.
        using var process = Process.Start(start)!;
#pragma warning restore RS0030
        var cancelled = TestContext.Current.CancellationToken;
        var texts = await Task.WhenAll(
            process.StandardOutput.ReadToEndAsync(cancelled), process.StandardError.ReadToEndAsync(cancelled))
            .WaitAsync(Patience, cancelled);
        await process.WaitForExitAsync(cancelled).WaitAsync(Patience, cancelled);
        return (process.ExitCode, string.Concat(texts));
    }

    /// <summary>Fails, with what it said, unless it succeeds.</summary>
    public static async Task<string> RunAsync(params IReadOnlyList<string> arguments)
    {
        var (exitCode, text) = await TryAsync(arguments);
        Assert.True(exitCode == 0, $"openssl {string.Join(' ', arguments)}: {text}");
        return text;
    }
}
