using System.Net;
using System.Net.Sockets;

namespace Levity.Cli.Tests.Connection;

/// <summary>What is said when there is no server, or something else.</summary>
public sealed class UnreachableServerTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_port_on_which_nobody_listens()
    {
        await using var installation = await Installation.StartAsync();
        var port = installation.Server.Port;
        await installation.Server.DisposeAsync();

        var run = await installation.RunAsync("query", "1");

        Assert.Equal(
            $"levity: cannot connect to 127.0.0.1:{port}: connection refused; is levityd running there?\n", run.Error);
        Assert.Equal(125, run.ExitCode);
    }

    [Fact]
    public async Task A_host_that_nobody_knows()
    {
        await using var installation = await Installation.StartAsync();
        installation.Host = "nowhere.invalid";

        var run = await installation.RunAsync("query", "1");

        Assert.Contains(": the host nowhere.invalid is not known\n", run.Error, StringComparison.Ordinal);
        Assert.Equal(125, run.ExitCode);
    }

    [Fact]
    public async Task A_server_that_accepts_and_says_nothing()
    {
        await using var installation = await Installation.StartAsync();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var address = $"127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";

        var run = await CommandRun.ExecuteAsync(
            [.. installation.Options[2..], "-a", address, "--timeout", "50ms", "query", "1"]);

        Assert.Equal($"levity: no connection to {address} within 0.05s (--timeout)\n", run.Error);
        Assert.Equal(125, run.ExitCode);
    }

    [Fact]
    public async Task A_server_that_speaks_something_else()
    {
        await using var installation = await Installation.StartAsync();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var address = $"127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";
        var answering = AnswerAsync(listener);

        var run = await CommandRun.ExecuteAsync([.. installation.Options[2..], "-a", address, "query", "1"]);

        Assert.StartsWith($"levity: TLS with {address} failed; is it levityd? ", run.Error, StringComparison.Ordinal);
        Assert.Equal(1, run.Error.Count(c => c == '\n'));
        Assert.Equal(125, run.ExitCode);
        await answering; // now that somebody has connected for certain
    }

    [Fact]
    public async Task A_server_that_takes_too_long_to_answer()
    {
        await using var installation = await Installation.StartAsync();
        installation.Server.Tasks.Query = async (_, call) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, call.CancellationToken);
            throw new InvalidOperationException("never reached");
        };

        var run = await installation.RunAsync("-t", "300ms", "query", "1");

        Assert.Equal(
            $"levity: no answer from 127.0.0.1:{installation.Server.Port} within 0.3s (--timeout); it may have been "
            + "done\n",
            run.Error);
        Assert.Equal(125, run.ExitCode);
    }

    [Fact]
    public async Task The_trace_is_there_for_those_who_ask()
    {
        var run = await CommandRun.ExecuteAsync(
            ["-a", "[::1]:1", "-c", "/nowhere", "-k", "/nowhere", "query", "1"], new() { ["LEVITY_DEBUG"] = "1" });

        Assert.Contains("   at Levity.Cli.", run.Error, StringComparison.Ordinal);
    }

    private static async Task AnswerAsync(TcpListener listener)
    {
        using var client = await listener.AcceptTcpClientAsync(Cancelled);
        await using var stream = client.GetStream();
        await stream.WriteAsync("220 mail.example ESMTP ready to serve\r\n"u8.ToArray(), Cancelled);
        await stream.CopyToAsync(Stream.Null, Cancelled);
    }
}
