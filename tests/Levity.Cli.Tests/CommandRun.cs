using System.Text;
using Levity.Cli.Commands;
using Levity.Cli.Output;

namespace Levity.Cli.Tests;

/// <summary>One run of levity inside this process: what it was given and what came of it.</summary>
internal sealed record CommandRun(int ExitCode, byte[] OutputBytes, string Error)
{
    public string Output => Encoding.UTF8.GetString(OutputBytes);

    public static async Task<CommandRun> ExecuteAsync(
        IReadOnlyList<string> args, Dictionary<string, string>? variables = null, Stream? output = null, TimeProvider? time = null)
    {
        using var captured = new MemoryStream();
        using var error = new MemoryStream();
        var exitCode = await CommandLine.RunAsync(
            [.. args],
            new CommandContext(
                new ConsoleOutput(output ?? captured, error),
                name => variables?.GetValueOrDefault(name),
                time ?? TimeProvider.System));
        return new CommandRun(exitCode, captured.ToArray(), Encoding.UTF8.GetString(error.ToArray()));
    }
}
