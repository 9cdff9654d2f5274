using System.Diagnostics;
using Levity.Supervisor.Tests.Fixtures;

namespace Levity.Supervisor.Tests;

public sealed class ServeVerbTests
{
    [Fact]
    public async Task Whoever_started_it_may_be_gone_before_it_is_ready()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var supervisor = await SupervisorUnderTest.StartAsync();
        await supervisor.RunAsync("stop");

        // Not executed before nobody is left to hear that it is ready.
        var start = new ProcessStartInfo(
            "/bin/sh",
            ["-c", "read go; exec \"$0\" serve --state-dir \"$1\"", SupervisorUnderTest.Program, supervisor.StateDirectory])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
#pragma warning disable RS0030 // The program under test, as it is run by levity-supervisor start.
        using var process = Process.Start(start)!;
#pragma warning restore RS0030
        process.StandardOutput.Close();
        await process.StandardInput.WriteLineAsync("go".AsMemory(), cancellationToken);
        while (await process.StandardError.ReadLineAsync(cancellationToken) is { } line && !line.Contains(" serving "))
        {
            // What it says before.
        }

        await using (var levityd = await supervisor.HelloAsync())
        {
            Assert.Equal(process.Id, levityd.Welcome.Pid);
        }

        await supervisor.RunAsync("stop");
        await process.WaitForExitAsync(cancellationToken);
        Assert.Equal(0, process.ExitCode);
    }
}
