using System.Diagnostics;
using System.Text;
using Levity.Cli.Tests.Server;
using Levity.Protocol;

namespace Levity.Cli.Tests;

/// <summary>What only a process of its own shows: real descriptors, real pipes, real signals.</summary>
public sealed class BuiltBinaryTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Output_and_errors_share_a_file_without_overwriting_each_other()
    {
        await using var installation = await Installation.StartAsync();
        installation.Server.Tasks.Stream = LogScript.Of(
            LogScript.Stdout("one "u8), LogScript.Stderr("two "u8), LogScript.Stdout("three "u8), LogScript.Sealed());
        var file = installation.Files.PathOf("all");

        var exitCode = await ShellAsync(installation, "for i in 1 2; do levity logs 1; done > all 2>&1");

        Assert.Equal("one two three one two three ", await File.ReadAllTextAsync(file, Cancelled));
        Assert.Equal(0, exitCode);
    }

    [Fact]
    public async Task A_reader_that_has_had_enough_ends_it_without_a_word()
    {
        await using var installation = await Installation.StartAsync();
        var chunk = LogScript.Stdout(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("line\n", 10_000))));
        installation.Server.Tasks.Stream = async (_, writer, call) =>
        {
            while (!call.CancellationToken.IsCancellationRequested)
            {
                await writer.WriteAsync(chunk, call.CancellationToken);
            }
        };

        var exitCode = await ShellAsync(
            installation, "levity logs -f 1 2> error | head -1 > out; exit ${PIPESTATUS[0]}");

        Assert.Equal("line\n", await File.ReadAllTextAsync(installation.Files.PathOf("out"), Cancelled));
        Assert.Empty(await File.ReadAllTextAsync(installation.Files.PathOf("error"), Cancelled));
        Assert.Equal(141, exitCode);
    }

    [Fact]
    public async Task Ctrl_C_ends_it_at_once()
    {
        await using var installation = await Installation.StartAsync();
        var following = new TaskCompletionSource();
        installation.Server.Tasks.Stream = async (_, _, call) =>
        {
            following.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, call.CancellationToken);
        };

        // Job control: without it SIGINT is ignored in the background; with it the job is a process group of its own.
        var shell = ShellAsync(installation, "set -m; levity logs -f 1 2> error & echo $! > group; wait $!");
        await following.Task.WaitAsync(Patience, Cancelled);
        var interrupted = await ShellAsync(installation, "kill -INT -- -$(cat group)");

        Assert.Equal(0, interrupted);
        Assert.Equal(130, await shell);
        Assert.Empty(await File.ReadAllTextAsync(installation.Files.PathOf("error"), Cancelled));
    }

    [Fact]
    public async Task With_a_CA_file_nothing_is_read_from_the_systems_store()
    {
        await using var installation = await Installation.StartAsync();
        installation.Server.Tasks.Query = (_, _) => Task.FromResult(new QueryTaskResponse());

        var stored = installation.Files.PathOf("stored.pem");
        File.Copy(installation.CaFile, stored);
        var longAgo = new DateTime(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        File.SetLastAccessTimeUtc(stored, longAgo);

        var exitCode = await ShellAsync(installation, "SSL_CERT_FILE=$PWD/stored.pem levity query 1 > out");
        var accessed = File.GetLastAccessTimeUtc(stored);
        await ShellAsync(
            installation, "SSL_CERT_FILE=$PWD/stored.pem command levity ${OPTIONS% --ca *} query 1 > out 2>&1");

        Assert.Equal(0, exitCode);
        Assert.Equal(longAgo, accessed);
        Assert.SkipWhen(File.GetLastAccessTimeUtc(stored) == longAgo, "this file system keeps no access times");
    }

    [Fact]
    public async Task Variables_of_the_process_are_heeded()
    {
        await using var installation = await Installation.StartAsync();
        installation.Server.Tasks.Query = (_, _) => Task.FromResult(new QueryTaskResponse());
        var options = installation.Options;

        var exitCode = await ShellAsync(
            installation,
            $"LEVITY_ADDRESS={options[1]} LEVITY_CERTIFICATE={options[3]} LEVITY_KEY={options[5]} "
            + $"LEVITY_CA={options[7]} command levity query 1 > out");

        Assert.Equal("NotStarted\n", await File.ReadAllTextAsync(installation.Files.PathOf("out"), Cancelled));
        Assert.Equal(0, exitCode);
    }

    /// <summary>Runs a script in the installation's directory, where <c>levity</c> has the options it needs.</summary>
    private static async Task<int> ShellAsync(Installation installation, string script)
    {
        var preparation = $$"""
            cd '{{installation.Files.PathOf("")}}'
            exec 2> shell
            PATH='{{BinaryDirectory()}}':$PATH
            OPTIONS='{{string.Join(' ', installation.Options)}}'
            levity() { command levity $OPTIONS "$@"; }

            """;
        using var shell = Process.Start("/bin/bash", ["-c", preparation + script]);
        await shell.WaitForExitAsync(Cancelled).WaitAsync(Patience, Cancelled);
        return shell.ExitCode;
    }

    // Not the copy beside these tests, which lacks what ASP.NET Core has. Outputs are at bin/PROJECT/CONFIGURATION.
    private static string BinaryDirectory()
    {
        var own = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);
        return Path.GetFullPath(Path.Combine(own, "../../Levity.Cli", Path.GetFileName(own)));
    }
}
