using System.Diagnostics;
using System.Net.Sockets;
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

    [Theory]
    [InlineData("")]
    [InlineData("@")]
    public async Task A_service_manager_is_told_when_it_accepts_connections(string kind)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var supervisor = await SupervisorUnderTest.StartAsync();
        await supervisor.RunAsync("stop");
        using var notified = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        var path = $"{supervisor.StateDirectory}/notify";
        notified.Bind(new UnixDomainSocketEndPoint(kind.Length == 0 ? path : $"\0{path}"));

        var serve = new ProcessStartInfo(SupervisorUnderTest.Program, ["serve", "--state-dir", supervisor.StateDirectory])
        {
            Environment = { ["NOTIFY_SOCKET"] = kind + path },
            RedirectStandardError = true,
        };
#pragma warning disable RS0030 // The program under test, as a service manager runs it.
        using var process = Process.Start(serve)!;
#pragma warning restore RS0030
        var datagram = new byte[256];
        var length = await notified.ReceiveAsync(datagram, cancellationToken)
            .AsTask().WaitAsync(TimeSpan.FromMinutes(1), cancellationToken);
        Assert.Equal("READY=1"u8, datagram.AsSpan(0, length));

        await using (var levityd = await supervisor.HelloAsync())
        {
            Assert.Equal(process.Id, levityd.Welcome.Pid);
        }

        await supervisor.RunAsync("stop");
        await process.WaitForExitAsync(cancellationToken);
        Assert.Equal(0, process.ExitCode);
    }
}
