using System.Text;
using Levity.Cli.Commands;
using Levity.Cli.Output;

namespace Levity.Cli.Tests;

/// <summary>One run of levity inside this process: what it was given and what came of it.</summary>
internal sealed record CommandRun(int ExitCode, byte[] OutputBytes, string Error)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public string Output => Encoding.UTF8.GetString(OutputBytes);

    public static async Task<CommandRun> ExecuteAsync(
        IReadOnlyList<string> args,
        Dictionary<string, string>? variables = null,
        Stream? output = null,
        Stream? error = null,
        TimeProvider? time = null,
        string? systemFile = null,
        Terminal? terminal = null)
    {
        using var capturedOutput = new MemoryStream();
        using var capturedError = new MemoryStream();
        var context = new CommandContext(
            new ConsoleOutput(output ?? capturedOutput, error ?? capturedError, () => terminal),
            name => variables?.GetValueOrDefault(name),
            time ?? TimeProvider.System)
        {
            // That of this machine is none of a test's business.
            SystemFile = systemFile ?? "/nowhere/config.toml",
        };
        var exitCode = await CommandLine.RunAsync([.. args], context)
            .WaitAsync(Patience, TestContext.Current.CancellationToken);
        return new CommandRun(exitCode, capturedOutput.ToArray(), Encoding.UTF8.GetString(capturedError.ToArray()));
    }
}
