using System.Security.Cryptography;
using Grpc.Core;
using Levity.Cli.Tests.Server;
using Levity.Protocol;
using Microsoft.AspNetCore.Http.Features;

namespace Levity.Cli.Tests.Commands;

/// <summary>A follower outlives the connection and the server, and no byte is lost or comes twice.</summary>
public sealed class FollowTests
{
    // RFC 9113, section 7.
    private const int EnhanceYourCalm = 0xb;

    private const string Resuming = "levity: connection lost, resuming…\n";

    [Fact]
    public async Task It_goes_on_after_the_last_message_whenever_the_connection_is_cut()
    {
        await using var installation = await Installation.StartAsync();
        var (messages, expected) = RandomLog(count: 40);
        var calls = 0;
        installation.Server.Tasks.Stream = async (request, writer, call) =>
        {
            // Each connection gets a few messages more than the one before, and is then cut, in the middle of sending.
            var from = (int)request.Cursor;
            var to = Math.Min(from + ++calls * 3, messages.Count);
            await LogScript.WriteAsync(messages, from, to, writer, call.CancellationToken);
            if (to < messages.Count)
            {
                installation.Server.Cut();
            }
        };

        var run = await installation.RunAsync("logs", "-f", "1");

        Assert.Equal(Convert.ToHexString(expected), Convert.ToHexString(run.OutputBytes));
        Assert.Equal(0, run.ExitCode);
        Assert.True(calls > 3, $"the connection was cut only {calls - 1} times");
        Assert.Equal(Resuming.Length * (run.Error.Length / Resuming.Length), run.Error.Length);
        Assert.StartsWith(Resuming, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_last_lines_are_asked_for_until_it_is_known_where_they_begin_and_never_again()
    {
        await using var installation = await Installation.StartAsync();
        var requests = new List<StreamLogsRequest>();
        installation.Server.Tasks.Stream = async (request, writer, call) =>
        {
            requests.Add(request);
            switch (requests.Count)
            {
                case 1:
                    // Accepted, and cut off before there was a message.
                    await call.WriteResponseHeadersAsync([]);
                    throw new RpcException(new Status(StatusCode.Unavailable, "levityd is shutting down"));
                case 2:
                    await writer.WriteAsync(new StreamLogsResponse { Cursor = 5 }, call.CancellationToken);
                    throw new RpcException(new Status(StatusCode.Unavailable, "levityd is shutting down"));
                default:
                    await LogScript.Of(LogScript.Stdout("later"u8), LogScript.Sealed())(request, writer, call);
                    break;
            }
        };

        var run = await installation.RunAsync("logs", "-f", "-n", "0", "--since", "1h", "1");

        Assert.Equal(("later", 0), (run.Output, run.ExitCode));
        Assert.Equal([true, true, false], requests.Select(request => request.HasTailLines));
        Assert.Equal([0ul, 0ul, 5ul], requests.Select(request => request.Cursor));
        Assert.Single(requests.Select(request => request.Since).Distinct());
    }

    [Fact]
    public async Task It_outlives_a_restart_of_the_server()
    {
        await using var installation = await Installation.StartAsync();
        installation.Server.Tasks.Stream = async (_, writer, call) =>
        {
            await writer.WriteAsync(LogScript.Stdout("before "u8, cursor: 7), call.CancellationToken);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, call.CancellationToken);
        };
        using var output = new SignallingStream();
        var following = CommandRun.ExecuteAsync([.. installation.Options, "logs", "-f", "1"], output: output);
        await output.FirstWrite.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);

        var cursor = 0UL;
        await installation.RestartServerAsync(tasks => tasks.Stream = async (request, writer, call) =>
        {
            cursor = request.Cursor;
            await LogScript.Of(LogScript.Stdout("after"u8), LogScript.Sealed())(request, writer, call);
        });
        var run = await following;

        Assert.Equal("before after", output.Text);
        Assert.Equal((Resuming, 0), (run.Error, run.ExitCode));
        Assert.Equal(7UL, cursor);
    }

    [Theory]
    [InlineData(StatusCode.Unavailable)]
    [InlineData(StatusCode.OK)]
    public async Task A_stream_that_ends_before_the_log_does_is_resumed(StatusCode status)
    {
        await using var installation = await Installation.StartAsync();
        installation.Server.Tasks.Stream = async (request, writer, call) =>
        {
            var last = request.Cursor > 0;
            await writer.WriteAsync(LogScript.Stdout("x"u8, request.Cursor + 1), call.CancellationToken);
            if (last)
            {
                await writer.WriteAsync(LogScript.Sealed(), call.CancellationToken);
            }
            else if (status != StatusCode.OK)
            {
                throw new RpcException(new Status(status, "levityd is shutting down"));
            }
        };

        var run = await installation.RunAsync("logs", "-f", "1");

        Assert.Equal(("xx", Resuming, 0), (run.Output, run.Error, run.ExitCode));
    }

    [Theory]
    [InlineData("-f", "1")]
    [InlineData("1")]
    public async Task Who_was_cut_off_for_not_reading_goes_on_without_a_word(params string[] arguments)
    {
        await using var installation = await Installation.StartAsync();
        using var output = new SignallingStream();
        installation.Server.Tasks.Stream = async (request, writer, call) =>
        {
            if (request.Cursor > 0)
            {
                await LogScript.Of(LogScript.Stdout("after"u8), LogScript.Sealed())(request, writer, call);
                return;
            }

            await writer.WriteAsync(LogScript.Stdout("before "u8, cursor: 7), call.CancellationToken);
            await output.FirstWrite.WaitAsync(call.CancellationToken);
            call.GetHttpContext().Features.GetRequiredFeature<IHttpResetFeature>().Reset(EnhanceYourCalm);
        };

        var run = await CommandRun.ExecuteAsync([.. installation.Options, "logs", .. arguments], output: output);

        Assert.Equal(("before after", "", 0), (output.Text, run.Error, run.ExitCode));
    }

    [Fact]
    public async Task What_is_no_matter_of_the_connection_ends_it_at_once()
    {
        await using var installation = await Installation.StartAsync();
        installation.Server.Tasks.Stream = (_, _, _) =>
            throw new RpcException(new Status(StatusCode.NotFound, "no such task: 1"));

        var run = await installation.RunAsync("logs", "-f", "1");

        Assert.Equal(("", "levity: no such task: 1\n", 125), (run.Output, run.Error, run.ExitCode));
    }

    [Fact]
    public async Task Without_follow_a_lost_connection_is_an_error()
    {
        await using var installation = await Installation.StartAsync();
        using var output = new SignallingStream();
        installation.Server.Tasks.Stream = async (_, writer, call) =>
        {
            await writer.WriteAsync(LogScript.Stdout("x"u8), call.CancellationToken);
            await output.FirstWrite.WaitAsync(call.CancellationToken);
            installation.Server.Cut();
        };

        var run = await CommandRun.ExecuteAsync([.. installation.Options, "logs", "1"], output: output);

        Assert.Equal($"levity: the connection to 127.0.0.1:{installation.Server.Port} was lost\n", run.Error);
        Assert.Equal(125, run.ExitCode);
    }

    private static (List<StreamLogsResponse> Messages, byte[] Bytes) RandomLog(int count)
    {
        var messages = new List<StreamLogsResponse>();
        var bytes = new List<byte>();
        for (var i = 0; i < count; i++)
        {
            var data = RandomNumberGenerator.GetBytes(RandomNumberGenerator.GetInt32(1, 65_000));
            messages.Add(LogScript.Stdout(data));
            bytes.AddRange(data);
        }

        messages.Add(LogScript.Sealed());
        return (messages, [.. bytes]);
    }
}
