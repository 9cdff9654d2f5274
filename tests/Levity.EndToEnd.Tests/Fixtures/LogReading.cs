using System.Security.Cryptography;
using System.Text;
using Grpc.Core;
using Levity.Protocol;

namespace Levity.EndToEnd.Tests.Fixtures;

/// <summary>Ways to take in a stream of a log.</summary>
internal static class LogReading
{
    /// <summary>All messages, to the stream's end.</summary>
    public static async Task<List<StreamLogsResponse>> AllAsync(this AsyncServerStreamingCall<StreamLogsResponse> call)
    {
        using (call)
        {
            var messages = new List<StreamLogsResponse>();
            while (await call.ResponseStream.MoveNext(TestContext.Current.CancellationToken))
            {
                messages.Add(call.ResponseStream.Current);
            }

            return messages;
        }
    }

    /// <summary>The next message; fails when there is none.</summary>
    public static async Task<StreamLogsResponse> NextAsync(this AsyncServerStreamingCall<StreamLogsResponse> call)
    {
        Assert.True(await call.ResponseStream.MoveNext(TestContext.Current.CancellationToken), "the stream has ended");
        return call.ResponseStream.Current;
    }

    /// <summary>The bytes of one stream, as text.</summary>
    public static string Text(this IEnumerable<StreamLogsResponse> messages, LogStream stream = LogStream.Stdout)
    {
        using var bytes = new MemoryStream();
        foreach (var chunk in messages.Select(message => message.Chunk).Where(chunk => chunk?.Stream == stream))
        {
            bytes.Write(chunk.Data.Span);
        }

        return Encoding.UTF8.GetString(bytes.ToArray());
    }

    /// <summary>The SHA-256 of a stream, holding one message at a time. The log must be sealed and whole.</summary>
    public static async Task<string> HashAsync(
        this AsyncServerStreamingCall<StreamLogsResponse> call, LogStream stream = LogStream.Stdout)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await call.ForEachAsync(stream, data => hash.AppendData(data.Span));
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    /// <summary>How many bytes stdout has.</summary>
    public static async Task<long> LengthAsync(this AsyncServerStreamingCall<StreamLogsResponse> call)
    {
        var length = 0L;
        await call.ForEachAsync(LogStream.Stdout, data => length += data.Length);
        return length;
    }

    private static async Task ForEachAsync(
        this AsyncServerStreamingCall<StreamLogsResponse> call, LogStream stream, Action<ReadOnlyMemory<byte>> take)
    {
        using (call)
        {
            var last = StreamLogsResponse.EventOneofCase.None;
            while (await call.ResponseStream.MoveNext(TestContext.Current.CancellationToken))
            {
                var message = call.ResponseStream.Current;
                last = message.EventCase;
                Assert.NotEqual(StreamLogsResponse.EventOneofCase.Gap, last);
                if (message.Chunk?.Stream == stream)
                {
                    take(message.Chunk.Data.Memory);
                }
            }

            Assert.Equal(StreamLogsResponse.EventOneofCase.Sealed, last);
        }
    }
}
