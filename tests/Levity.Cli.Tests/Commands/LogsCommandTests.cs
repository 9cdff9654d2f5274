using System.Text;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Levity.Cli.Tests.Server;
using Levity.Protocol;

namespace Levity.Cli.Tests.Commands;

public sealed class LogsCommandTests
{
    [Fact]
    public async Task Each_stream_goes_to_its_own_byte_for_byte()
    {
        await using var installation = await Installation.StartAsync();
        byte[] raw = [0, 0xff, 0xfe, (byte)'\r', 0x1b, (byte)'[', 0xc3, .. Encoding.UTF8.GetBytes("no newline")];
        installation.Server.Tasks.Stream = LogScript.Of(
            LogScript.Stdout(raw), LogScript.Stderr("warning"u8), LogScript.Stdout("\n"u8), LogScript.Sealed());

        var run = await installation.RunAsync("logs", "1");

        Assert.Equal([.. raw, (byte)'\n'], run.OutputBytes);
        Assert.Equal(("warning", 0), (run.Error, run.ExitCode));
    }

    [Fact]
    public async Task Streams_stay_in_the_order_in_which_they_were_written()
    {
        await using var installation = await Installation.StartAsync();
        installation.Server.Tasks.Stream = LogScript.Of(
            LogScript.Stdout("1"u8),
            LogScript.Stderr("2"u8),
            LogScript.Stdout("3"u8),
            LogScript.Stderr("4"u8),
            LogScript.Sealed());
        using var both = new MemoryStream();

        await CommandRun.ExecuteAsync([.. installation.Options, "logs", "1"], output: both, error: both);

        Assert.Equal("1234", Encoding.UTF8.GetString(both.ToArray()));
    }

    [Theory]
    [InlineData("logs x", 0UL, false, LogStream.Unspecified)]
    [InlineData("logs --follow x", 0UL, true, LogStream.Unspecified)]
    [InlineData("logs -f --stdout x", 0UL, true, LogStream.Stdout)]
    [InlineData("logs x --stderr --cursor 18446744073709551615", ulong.MaxValue, false, LogStream.Stderr)]
    public async Task What_is_asked_for_is_what_the_server_gets(
        string line, ulong cursor, bool follow, LogStream stream)
    {
        await using var installation = await Installation.StartAsync();
        StreamLogsRequest? received = null;
        var script = LogScript.Of(LogScript.Sealed());
        installation.Server.Tasks.Stream = (request, writer, call) =>
        {
            received = request;
            return script(request, writer, call);
        };

        var run = await installation.RunAsync(line.Split(' '));

        Assert.Equal(("", 0), (run.Error, run.ExitCode));
        Assert.Equal(
            ("x", cursor, follow, stream), (received!.TaskId.Id, received.Cursor, received.Follow, received.Stream));
    }

    [Theory]
    [InlineData("logs -n 5 x", 5ul, null, null)]
    [InlineData("logs --tail 0 -f --since 2026-01-02T03:04:05Z x", 0ul, "2026-01-02T03:04:05Z", null)]
    [InlineData("logs x --since 2026-01-02T03:04:05Z --until 2026-01-02T03:04:06.7Z", null,
        "2026-01-02T03:04:05Z", "2026-01-02T03:04:06.700Z")]
    public async Task The_part_that_is_asked_for_is_what_the_server_gets(
        string line, ulong? tail, string? since, string? until)
    {
        await using var installation = await Installation.StartAsync();
        StreamLogsRequest? received = null;
        var script = LogScript.Of(LogScript.Sealed());
        installation.Server.Tasks.Stream = (request, writer, call) =>
        {
            received = request;
            return script(request, writer, call);
        };

        var run = await installation.RunAsync(line.Split(' '));

        Assert.Equal(("", 0), (run.Error, run.ExitCode));
        Assert.Equal(tail, received!.HasTailLines ? received.TailLines : null);
        Assert.Equal(since, received.Since?.ToString().Trim('"'));
        Assert.Equal(until, received.Until?.ToString().Trim('"'));
    }

    [Theory]
    [InlineData("logs x --since noon", "--since wants a time, such as 2026-11-25T17:45:00Z, or 5m for that long ago, and 'noon' is none")]
    [InlineData("logs x --until 5", "--until wants a time, such as 2026-11-25T17:45:00Z, or 5m for that long ago, and '5' is none")]
    [InlineData("logs x -n -1", "--tail wants a number")]
    [InlineData("logs x --tail all", "--tail wants a number")]
    [InlineData("logs -f --until 5m x", "--follow and --until exclude each other")]
    [InlineData("logs --cursor 7 -n 5 x", "--cursor and --tail exclude each other")]
    public async Task A_part_that_makes_no_sense_is_refused(string line, string problem)
    {
        await using var installation = await Installation.StartAsync();

        var run = await installation.RunAsync(line.Split(' '));

        Assert.Contains(problem, run.Error, StringComparison.Ordinal);
        Assert.Equal((125, ""), (run.ExitCode, run.Output));
    }

    [Fact]
    public async Task Times_are_put_before_the_lines_of_each_stream()
    {
        await using var installation = await Installation.StartAsync();
        var first = LogScript.Stdout("a"u8);
        first.Chunk.Time = new Timestamp { Seconds = 1 };
        var second = LogScript.Stderr("error\n"u8);
        second.Chunk.Time = new Timestamp { Seconds = 2 };
        var third = LogScript.Stdout("b\nc\n"u8);
        third.Chunk.Time = new Timestamp { Seconds = 3 };
        installation.Server.Tasks.Stream = LogScript.Of(first, second, third, LogScript.Sealed());

        var run = await installation.RunAsync("logs", "--timestamps", "1");

        Assert.Equal("1970-01-01T00:00:01.000000000Z ab\n1970-01-01T00:00:03.000000000Z c\n", run.Output);
        Assert.Equal(("1970-01-01T00:00:02.000000000Z error\n", 0), (run.Error, run.ExitCode));
    }

    [Theory]
    [InlineData(123UL, "levity: 123 bytes of the log are missing: quota\\u{7}\n")]
    [InlineData(0UL, "levity: an unknown number of bytes of the log is missing: quota\\u{7}\n")]
    public async Task A_gap_is_told_on_stderr(ulong missing, string expected)
    {
        await using var installation = await Installation.StartAsync();
        installation.Server.Tasks.Stream = LogScript.Of(
            LogScript.Stdout("a"u8),
            new StreamLogsResponse { Gap = new LogGap { MissingBytes = missing, Reason = "quota\u0007" } },
            LogScript.Stdout("b"u8),
            LogScript.Sealed());

        var run = await installation.RunAsync("logs", "1");

        Assert.Equal(("ab", expected, 0), (run.Output, run.Error, run.ExitCode));
    }

    [Fact]
    public async Task Without_follow_the_log_ends_where_it_ends_now()
    {
        await using var installation = await Installation.StartAsync();
        installation.Server.Tasks.Stream = LogScript.Of(LogScript.Stdout("so far"u8));

        var run = await installation.RunAsync("logs", "1");

        Assert.Equal(("so far", "", 0), (run.Output, run.Error, run.ExitCode));
    }

    [Fact]
    public async Task Nothing_more_is_fetched_when_nobody_reads_it()
    {
        await using var installation = await Installation.StartAsync();
        var cancelled = new TaskCompletionSource();
        installation.Server.Tasks.Stream = async (_, writer, call) =>
        {
            call.CancellationToken.Register(cancelled.SetResult);
            while (!call.CancellationToken.IsCancellationRequested)
            {
                await writer.WriteAsync(LogScript.Stdout(new byte[1000]), call.CancellationToken);
            }
        };

        var run = await CommandRun.ExecuteAsync([.. installation.Options, "logs", "1"], output: new BrokenPipe());

        Assert.Equal(("", 141), (run.Error, run.ExitCode));
        await cancelled.Task.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_full_disk_is_told()
    {
        await using var installation = await Installation.StartAsync();
        installation.Server.Tasks.Stream = LogScript.Of(LogScript.Stdout("x"u8), LogScript.Sealed());
        await using var full = new FileStream(
            "/dev/full", FileMode.Open, FileAccess.Write, FileShare.Write, bufferSize: 0);

        var run = await CommandRun.ExecuteAsync([.. installation.Options, "logs", "1"], output: full);

        Assert.StartsWith("levity: cannot write to standard output: No space", run.Error, StringComparison.Ordinal);
        Assert.Equal(125, run.ExitCode);
    }

    [Fact]
    public async Task An_error_after_some_of_the_log_is_told_after_it()
    {
        await using var installation = await Installation.StartAsync();
        installation.Server.Tasks.Stream = async (_, writer, call) =>
        {
            await writer.WriteAsync(LogScript.Stdout("some"u8), call.CancellationToken);
            throw new RpcException(new Status(StatusCode.DataLoss, "the log is damaged"));
        };

        var run = await installation.RunAsync("logs", "-f", "1");

        Assert.Equal(
            ("some", $"levity: 127.0.0.1:{installation.Server.Port} failed: the log is damaged\n", 125),
            (run.Output, run.Error, run.ExitCode));
    }
}
