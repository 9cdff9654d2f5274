using Google.Protobuf;
using Grpc.Core;
using Levity.Protocol;

namespace Levity.EndToEnd.Tests.Fixtures;

/// <summary>One call of AttachTask, by which a test writes to a task.</summary>
internal sealed class Attachment : IDisposable
{
    private readonly AsyncDuplexStreamingCall<AttachTaskRequest, AttachTaskResponse> _call;

    private Attachment(AsyncDuplexStreamingCall<AttachTaskRequest, AttachTaskResponse> call) => _call = call;

    public static async Task<Attachment> OpenAsync(
        TestClient client, string id, string writer = "", (uint Rows, uint Columns)? size = null)
    {
        var attachment = new Attachment(client.Attach());
        try
        {
            await attachment._call.RequestStream.WriteAsync(new AttachTaskRequest
            {
                TaskId = TestClient.Handle(id),
                Writer = writer,
                Size = SizeOf(size),
            });
            Assert.NotNull((await attachment.NextAsync()).Attached);
            return attachment;
        }
        catch
        {
            attachment.Dispose();
            throw;
        }
    }

    public Task SendAsync(string data, ulong offset, bool end = false) =>
        SendAsync(ByteString.CopyFromUtf8(data), offset, end);

    public Task SendAsync(ByteString data, ulong offset, bool end = false) => _call.RequestStream.WriteAsync(
        new AttachTaskRequest { Input = new InputChunk { Offset = offset, Data = data, End = end } });

    public Task ResizeAsync(uint rows, uint columns) =>
        _call.RequestStream.WriteAsync(new AttachTaskRequest { Size = SizeOf((rows, columns)) });

    public async Task<AttachTaskResponse> NextAsync()
    {
        Assert.True(
            await _call.ResponseStream.MoveNext(TestContext.Current.CancellationToken), "the call has ended without a word");
        return _call.ResponseStream.Current;
    }

    /// <summary>Waits until the task has so many bytes.</summary>
    public async Task TakenAsync(ulong count)
    {
        AttachTaskResponse response;
        do
        {
            response = await NextAsync();
            Assert.Null(response.Closed);
        }
        while (response.Taken < count);
    }

    public void Dispose() => _call.Dispose();

    private static TerminalSize? SizeOf((uint Rows, uint Columns)? size) =>
        size is { } given ? new TerminalSize { Rows = given.Rows, Columns = given.Columns } : null;
}
