namespace Levity.EndToEnd.Tests.Fixtures;

/// <summary>
/// A terminal with a shell in it, such as somebody has who uses levity: script(1) makes one, and what is written to script is
/// typed there. (It is in bsdutils, without which there is no Debian.)
/// </summary>
internal sealed class LocalTerminal : IAsyncDisposable
{
    private readonly RunningProgram _script;

    private LocalTerminal(RunningProgram script) => _script = script;

    /// <summary>What is on it, all that ever was.</summary>
    public string Text => _script.Output.Text;

    /// <param name="levity">Whose variables the commands get.</param>
    /// <param name="commands">For sh(1); $LEVITY is the program.</param>
    public static LocalTerminal Start(LevityCommand levity, string commands)
    {
        var environment = new Dictionary<string, string>(levity.Environment)
        {
            ["PROGRAM"] = PublishedPrograms.Levity,
            ["TERM"] = "vt220",
        };
        return new LocalTerminal(RunningProgram.Start(
            ["script", "--quiet", "--flush", "--return", "--command", $"stty rows 31 cols 91; {commands}", "/dev/null"],
            environment,
            withInput: true));
    }

    public async Task TypeAsync(string keys)
    {
        await _script.Input.WriteAsync(System.Text.Encoding.UTF8.GetBytes(keys), TestContext.Current.CancellationToken);
        await _script.Input.FlushAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Waits until this is on it.</summary>
    public Task ShowsAsync(string text) => _script.Output.ContainsAsync(text);

    /// <summary>Waits for the end of the commands.</summary>
    public Task<int> ExitAsync() => _script.ExitAsync();

    public ValueTask DisposeAsync() => _script.DisposeAsync();
}
