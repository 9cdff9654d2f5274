using System.Diagnostics;
using System.Text;
using Levity.Bench.Measuring;

namespace Levity.Bench.Processes;

/// <summary>
/// A program that runs beside the measurement: a server of either side. Ended by its id, and nothing else is.
/// </summary>
internal sealed class Companion : IAsyncDisposable
{
    private static readonly TimeSpan ReadyBound = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan EndBound = TimeSpan.FromSeconds(10);

    private readonly Process _process;
    private readonly string _name;
    private readonly StringBuilder _said = new();
    private Task _passingOn = Task.CompletedTask;

    private Companion(Process process, string name)
    {
        _process = process;
        _name = name;
    }

    public int Pid => _process.Id;

    /// <summary>Its standard input: for programs that go on until it ends.</summary>
    public StreamWriter Input => _process.StandardInput;

    public StreamReader Output => _process.StandardOutput;

    public static Companion Start(params IReadOnlyList<string> command)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
#pragma warning disable RS0030 // Banned for the sake of tasks; these are the programs that are compared.
        return new Companion(Process.Start(start)!, Path.GetFileName(command[0]));
#pragma warning restore RS0030
    }

    /// <summary>Runs a program to its end.</summary>
    /// <returns>Its output.</returns>
    /// <exception cref="BrokenSideException">It failed; says what it wrote to stderr.</exception>
    public static async Task<string> RunAsync(IReadOnlyList<string> command, CancellationToken cancellationToken)
    {
        await using var program = Start(command);
        program.Input.Close();
        var error = program._process.StandardError.ReadToEndAsync(cancellationToken);
        var output = await program.Output.ReadToEndAsync(cancellationToken);
        await program._process.WaitForExitAsync(cancellationToken);
        return program._process.ExitCode == 0
            ? output
            : throw new BrokenSideException(
                $"`{string.Join(' ', command)}` ended with {program._process.ExitCode}: {(await error).Trim()}");
    }

    /// <summary>Waits for the line of stderr that has this in it; what comes later is passed on to ours.</summary>
    /// <param name="sign">What to wait for.</param>
    /// <param name="passOn">False for a program that talks about everything it does.</param>
    /// <returns>What stands behind it, up to the next space.</returns>
    /// <exception cref="BrokenSideException">The program ended, or said nothing of the kind.</exception>
    public async Task<string> ReadyAsync(string sign, CancellationToken cancellationToken, bool passOn = true)
    {
        try
        {
            while (await NextLineAsync(cancellationToken) is { } line)
            {
                if (line.IndexOf(sign, StringComparison.Ordinal) is >= 0 and var at)
                {
                    _passingOn = DrainAsync(passOn);
                    return line[(at + sign.Length)..].Split(' ', 2)[0];
                }

                _said.AppendLine(line);
            }
        }
        catch (TimeoutException e)
        {
            throw new BrokenSideException($"{_name} did not say '{sign}'; it said: {_said}", e);
        }

        throw new BrokenSideException($"{_name} ended before it was ready; it said: {_said}");
    }

    /// <summary>SIGTERM, and SIGKILL when that is not enough.</summary>
    public async Task EndAsync()
    {
        if (!_process.HasExited)
        {
            PosixSpawn.Terminate(_process.Id);
        }

        try
        {
            await _process.WaitForExitAsync().WaitAsync(EndBound, TimeProvider.System);
        }
        catch (TimeoutException e)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
            throw new BrokenSideException($"{_name} did not end within {EndBound.TotalSeconds} s of SIGTERM", e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        await _passingOn;
        _process.Dispose();
    }

    private async Task DrainAsync(bool passOn)
    {
        while (await _process.StandardError.ReadLineAsync() is { } line)
        {
            if (passOn)
            {
                await Console.Error.WriteLineAsync($"{_name}: {line}");
            }
        }
    }

    private async Task<string?> NextLineAsync(CancellationToken cancellationToken) =>
        await _process.StandardError.ReadLineAsync(cancellationToken).AsTask()
            .WaitAsync(ReadyBound, TimeProvider.System, cancellationToken);
}
