using System.Diagnostics;

namespace Levity.EndToEnd.Tests.Fixtures;

/// <summary>A program that a test runs, with all that it writes.</summary>
internal sealed class RunningProgram : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _name;

    private RunningProgram(Process process, string name)
    {
        _process = process;
        _name = name;
        Output = new CapturedOutput(process.StandardOutput.BaseStream);
        Error = new CapturedOutput(process.StandardError.BaseStream);
    }

    public int Pid => _process.Id;

    public CapturedOutput Output { get; }

    public CapturedOutput Error { get; }

    /// <summary>Its standard input, if it was started with one.</summary>
    public Stream Input => _process.StandardInput.BaseStream;

    public bool HasExited => _process.HasExited;

    /// <param name="command">The program, found in our PATH when it is a bare name, and its arguments.</param>
    /// <param name="environment">On top of our own, of which it gets all but what would configure levity.</param>
    /// <param name="withInput">False: its standard input is at its end.</param>
    public static RunningProgram Start(
        IReadOnlyList<string> command,
        IReadOnlyDictionary<string, string>? environment = null,
        bool withInput = false)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(IsOfLevity).ToList())
        {
            start.Environment.Remove(name);
        }

        // Nor contexts of whoever runs the tests.
        start.Environment["XDG_CONFIG_HOME"] = "/proc/nowhere"; // where nothing can be made, as fish(1) would
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

#pragma warning disable RS0030 // Banned for the sake of tasks. This runs the programs under test, as their users do.
        var process = Process.Start(start)!;
#pragma warning restore RS0030
        if (!withInput)
        {
            process.StandardInput.Close();
        }

        return new RunningProgram(process, Path.GetFileName(command[0]));
    }

    /// <summary>Runs a program to its end.</summary>
    public static async Task<ProgramResult> RunAsync(
        IReadOnlyList<string> command, IReadOnlyDictionary<string, string>? environment = null)
    {
        await using var program = Start(command, environment);
        return await program.ResultAsync();
    }

    /// <summary>Waits for its end: the exit code, 128 + n where a signal ended it.</summary>
    public async Task<int> ExitAsync()
    {
        await Eventually.CompletesAsync(WaitAsync(), () => $"the end of {_name}; it said: {Error.Text}");
        return _process.ExitCode;
    }

    /// <summary>Waits for its end and for the end of all that it writes.</summary>
    public async Task<ProgramResult> ResultAsync()
    {
        var exitCode = await ExitAsync();
        await Eventually.CompletesAsync(Task.WhenAll(Output.Ended, Error.Ended), $"the end of the output of {_name}");
        return new ProgramResult(exitCode, Output.Bytes, Error.Bytes);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        // Not waiting for the streams' ends: what else has them is another test's question.
        _process.Dispose();
    }

    private static bool IsOfLevity(string variable) => variable.StartsWith("LEVITY_", StringComparison.Ordinal);

    private async Task<bool> WaitAsync()
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return true;
    }
}
