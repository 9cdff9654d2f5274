using Grpc.Core;
using Levity.EndToEnd.Tests.Audit;
using Levity.EndToEnd.Tests.Fixtures;
using Levity.Protocol;

namespace Levity.EndToEnd.Tests.Attaching;

/// <summary>Tasks that were started with an input or a terminal, through the public API.</summary>
public sealed class AttachTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private readonly LevityServer _server = shared.Server;
    private readonly TestClient _alice = shared.Server.Client();
    private readonly TestClient _bob = shared.Server.Client(shared.Server.Certificates.Bob);

    [Fact]
    public async Task Two_write_to_one_terminal_and_the_latest_size_is_told()
    {
        var id = await TerminalAsync("stty size; while read line; do echo \"<$line>\"; stty size; done");
        await _alice.OutputAsync(id, "25 81\r\n");
        await _alice.ShareAsync(id, "bob", read: true, attach: true);
        using var alices = await Attachment.OpenAsync(_alice, id);
        using var bobs = await Attachment.OpenAsync(_bob, id, size: (40, 120));

        await bobs.SendAsync("one\r", 0);
        await _alice.OutputAsync(id, "<one>\r\n40 120\r\n");
        await alices.ResizeAsync(41, 121);
        await alices.SendAsync("two\r", 0);
        await alices.TakenAsync(4);
        await _bob.OutputAsync(id, "<two>\r\n41 121\r\n");
        await bobs.SendAsync("\u0004", 4);

        // Who was not told of it otherwise is when the task is over.
        Assert.NotNull((await alices.NextAsync()).Closed);
        await _alice.SuccessAsync(id);
    }

    [Fact]
    public async Task A_terminal_has_the_type_that_was_asked_for_and_a_usual_one()
    {
        var usual = await TerminalAsync("echo $TERM");
        var asked = await _alice.StartAsync(new StartTaskRequest
        {
            Binary = "sh",
            Args = { "-c", "echo $TERM" },
            Terminal = new Terminal { Type = "vt100" },
        });

        await _alice.OutputAsync(usual, "xterm-256color\r\n");
        await _alice.OutputAsync(asked, "vt100\r\n");
    }

    [Fact]
    public async Task A_stranger_may_not_attach_and_who_was_given_that_loses_it_with_the_share()
    {
        var id = await _alice.StartAsync(new StartTaskRequest { Binary = "cat", Stdin = true });
        var refusal = await Assert.ThrowsAsync<RpcException>(() => Attachment.OpenAsync(_bob, id));
        Assert.Equal((StatusCode.NotFound, $"no such task: {id}"), (refusal.StatusCode, refusal.Status.Detail));
        await _alice.ShareAsync(id, "bob", attach: true);
        using var bobs = await Attachment.OpenAsync(_bob, id);
        await bobs.SendAsync("secret words", 0);
        await bobs.TakenAsync(12);

        await _alice.UnshareAsync(id, "bob");

        var end = await Assert.ThrowsAsync<RpcException>(bobs.NextAsync);
        Assert.Equal(StatusCode.NotFound, end.StatusCode);
        var records = AuditRecords.Of(_server).Where(
            entry => entry.Task == id && entry.Rpc!.EndsWith("AttachTask", StringComparison.Ordinal));
        Assert.Equal([("bob", "NOT_FOUND"), ("bob", "NOT_FOUND")], records.Select(entry => (entry.Identity!, entry.Outcome!)));
        var raw = await File.ReadAllTextAsync(AuditRecords.FileOf(_server), TestContext.Current.CancellationToken);
        Assert.DoesNotContain("secret words", raw, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_task_that_never_reads_holds_up_its_own_writer_and_nobody_else()
    {
        var id = await _alice.StartAsync(new StartTaskRequest { Binary = "sleep", Args = { "300" }, Stdin = true });
        using var attachment = await Attachment.OpenAsync(_alice, id);
        var block = Google.Protobuf.ByteString.CopyFrom(new byte[60_000]);

        // The pipe and the windows of HTTP/2 take some megabytes. Then the client is made to wait, by nobody's clock.
        var sent = 0ul;
        Task sending;
        do
        {
            sending = attachment.SendAsync(block, sent);
            sent += (ulong)block.Length;
        }
        while (sent < 64_000_000 && await IsThroughAsync(sending));

        Assert.True(sent < 64_000_000, $"{sent} bytes were taken for a task that does not read");
        var other = await _alice.StartAsync(new StartTaskRequest { Binary = "cat", Stdin = true });
        using var others = await Attachment.OpenAsync(_alice, other);
        await others.SendAsync("hi", 0, end: true);
        await _alice.SuccessAsync(other);
        await _alice.SignalAsync(id);
        await _alice.EndAsync(id);
    }

    private static async Task<bool> IsThroughAsync(Task sending)
    {
        // On a slow machine it gets less far, which is as good.
        await Task.WhenAny(sending, Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System));
        return sending.IsCompleted;
    }

    private Task<string> TerminalAsync(string script) => _alice.StartAsync(new StartTaskRequest
    {
        Binary = "sh",
        Args = { "-c", script },
        Terminal = new Terminal { Size = new TerminalSize { Rows = 25, Columns = 81 } },
    });
}
