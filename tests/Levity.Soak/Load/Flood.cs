using System.Net.Sockets;
using Levity.EndToEnd.Tests.Fixtures;
using Levity.Protocol;

namespace Levity.Soak.Load;

/// <summary>One way to trouble a server: what one attacker does on one connection, until it is ended or it is enough.</summary>
internal sealed record Flood(string Name, Func<Attackers, int, CancellationToken, Task> OnceAsync)
{
    private const string Query = "/levity.TaskManager/QueryTask";
    private const int Most = 100_000;
    private const int HalfOpen = 100;
    private const int Streams = 100;

    private static readonly byte[] Cancel = [0, 0, 0, (byte)Http2Error.Cancel];
    private static readonly byte[] NoWindow = [0, 4, 0, 0, 0, 0];
    private static readonly byte[] Garbage = [.. "GET / HTTP/1.1\r\n\r\n"u8];

    public static readonly IReadOnlyList<Flood> All =
    [
        new("half-open connections", HalfOpenAsync),
        new("connections that say something else", KnockAsync),
        new("handshakes without a certificate", (attackers, number, _) => attackers.ShowNothingAsync(number)),
        new("connections of a user", ReconnectAsync),
        User("PING", new Http2Frame(FrameType.Ping) { Payload = new byte[8] }.Bytes(1000)),
        User("SETTINGS", new Http2Frame(FrameType.Settings).Bytes(1000)),
        User("CONTINUATION", new Http2Frame(FrameType.Continuation, 1).Bytes(1000), Http2Request.Headers(1, Query, FrameFlags.None)),
        User("empty DATA", Http2Request.Data(1, Array.Empty<byte>()).Bytes(1000), Http2Request.Headers(1, Query)),
        new("rapid reset", RapidResetAsync),
        new("huge headers", HugeHeadersAsync),
        new("closed windows", ClosedWindowAsync),
        new("messages without an end", UnfinishedAsync),
    ];

    private static Flood User(string name, byte[] frames, Http2Frame? first = null) => new(name, async (attackers, number, enough) =>
    {
        await using var client = await attackers.GreetAsync(number);
        var staying = client.StayAsync();
        if (first is not null)
        {
            await client.SendAsync(first);
        }

        for (var i = 0; i < Most && !enough.IsCancellationRequested && !staying.IsCompleted; i++)
        {
            await client.SendAsync(frames);
        }
    });

    private static async Task HalfOpenAsync(Attackers attackers, int number, CancellationToken enough)
    {
        var knocks = new List<Socket>();
        try
        {
            while (knocks.Count < HalfOpen)
            {
                knocks.Add(await attackers.KnockAsync(number));
            }

            await Task.WhenAny(Task.WhenAll(knocks.Select(RawClient.ClosedAsync)), Ended(enough));
        }
        finally
        {
            knocks.ForEach(knock => knock.Dispose());
        }
    }

    private static async Task KnockAsync(Attackers attackers, int number, CancellationToken enough)
    {
        using var knock = await attackers.KnockAsync(number);
        await knock.SendAsync(Garbage, CancellationToken.None);
        await RawClient.ClosedAsync(knock);
    }

    private static async Task ReconnectAsync(Attackers attackers, int number, CancellationToken enough)
    {
        await using var client = await attackers.GreetAsync(number);
    }

    private static async Task RapidResetAsync(Attackers attackers, int number, CancellationToken enough)
    {
        await using var client = await attackers.GreetAsync(number);
        var staying = client.StayAsync();
        for (var stream = 1; stream < Most && !enough.IsCancellationRequested && !staying.IsCompleted; stream += 2)
        {
            byte[] frames =
            [
                .. Http2Request.Headers(stream, Query).Bytes(),
                .. new Http2Frame(FrameType.ResetStream, stream) { Payload = Cancel }.Bytes(),
            ];
            await client.SendAsync(frames);
        }
    }

    private static async Task HugeHeadersAsync(Attackers attackers, int number, CancellationToken enough)
    {
        await using var client = await attackers.GreetAsync(number);
        await client.SendAsync(Http2Request.Headers(1, Query, FrameFlags.None));
        byte[] fields = [.. Enumerable.Repeat(Http2Request.Field("x-a", new string('a', 100)), 100).SelectMany(field => field)];
        await client.SendWhileTakenAsync(new Http2Frame(FrameType.Continuation, 1) { Payload = fields }.Bytes(), Most);
    }

    // All streams are asked for something whose answer is never taken.
    private static async Task ClosedWindowAsync(Attackers attackers, int number, CancellationToken enough)
    {
        await using var client = await attackers.GreetAsync(number);
        await client.SendAsync(new Http2Frame(FrameType.Settings) { Payload = NoWindow });
        var request = new QueryTaskRequest { TaskId = TestClient.Handle($"{Guid.NewGuid()}") };
        for (var i = 0; i < Streams; i++)
        {
            var stream = 1 + 2 * i;
            byte[] frames = [.. Http2Request.Headers(stream, Query).Bytes(), .. Http2Request.Data(stream, request).Bytes()];
            await client.SendAsync(frames);
        }

        await Task.WhenAny(client.StayAsync(), Ended(enough));
    }

    // As much as the windows let through, on all streams.
    private static async Task UnfinishedAsync(Attackers attackers, int number, CancellationToken enough)
    {
        const string start = "/levity.TaskManager/StartTask";
        await using var client = await attackers.GreetAsync(number);
        var room = new SendWindow();
        var staying = client.StayAsync(room.Opens);
        for (var i = 0; i < Streams; i++)
        {
            await client.SendAsync(Http2Request.Headers(1 + 2 * i, start));
            await client.SendAsync(Http2Request.Data(1 + 2 * i, Http2Request.Prefix(4_000_000)));
            room.Take(1 + 2 * i, 5);
        }

        var chunk = new byte[8_000];
        for (var i = 0; i < Streams * 400 && !enough.IsCancellationRequested && !staying.IsCompleted; i++)
        {
            var stream = 1 + 2 * (i % Streams);
            if (room.TryTake(stream, chunk.Length))
            {
                await client.SendAsync(Http2Request.Data(stream, chunk));
            }
            else if (i % Streams == 0)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, CancellationToken.None);
            }
        }

        await Task.WhenAny(staying, Ended(enough));
    }

    private static Task Ended(CancellationToken token) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token)
        .ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
}
