using System.Security.Cryptography;
using Grpc.Core;
using Levity.EndToEnd.Tests.Fixtures;
using Levity.Protocol;
using Levity.Soak.Load;

namespace Levity.Soak.Scenarios;

/// <summary>
/// Tasks that write random bytes to both streams as fast as they can, with fast and slow followers, while levityd is
/// killed: what each follower got, and what a reader gets afterwards, has the hash of what was written.
/// </summary>
internal sealed class LogExactness : IScenario
{
    private const int TasksAtOnce = 2;
    private const string BothStreams = "\"$1\" random \"$2\" 1 & \"$1\" random \"$2\" 2 >&2 & wait";
    private static readonly TimeSpan[] Pauses = [TimeSpan.Zero, TimeSpan.Zero, TimeSpan.FromMilliseconds(1)];

    public string Name => "logs";

    public async Task RunAsync(Soaking soaking)
    {
        var size = soaking.Options.Amount(full: 64, quick: 4) * 1024 * 1024;
        string[] written = [RandomBytes.Hash(size, seed: 1), RandomBytes.Hash(size, seed: 2)];
        for (var round = soaking.Options.Amount(full: 4, quick: 1); round > 0; round--)
        {
            await using var server = await LevityServer.StartAsync();
            using var client = new TestClient(server.Address, server.Certificates.ServerCa, server.Certificates.Alice);
            var ids = new List<string>();
            for (var i = 0; i < TasksAtOnce; i++)
            {
                ids.Add(await client.StartAsync(NewRequest(size)));
                soaking.Tally.Task();
            }

            var following = Task.WhenAll(
                from id in ids from pause in Pauses select FollowAsync(soaking, client, id, pause, written));
            for (var kill = soaking.Options.Amount(full: 6, quick: 2); kill > 0 && !following.IsCompleted; kill--)
            {
                await soaking.SomeTimeAsync(50, 1000);
                await server.Kill9Async();
                soaking.Tally.Fault();
                await server.RestartAsync();
            }

            await following;
            await Task.WhenAll(ids.Select(id => FollowAsync(soaking, client, id, TimeSpan.Zero, written)));
        }
    }

    private static StartTaskRequest NewRequest(int size)
    {
        var request = new StartTaskRequest
        {
            Binary = "sh",
            Args = { "-c", BothStreams, "sh", ChildProgram.FilePath, $"{size}" },
        };
        if (Environment.GetEnvironmentVariable("DOTNET_ROOT") is { } runtime)
        {
            request.Environment["DOTNET_ROOT"] = runtime;
        }

        return request;
    }

    private static async Task FollowAsync(
        Soaking soaking, TestClient client, string id, TimeSpan pause, string[] written)
    {
        using var stdout = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var stderr = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var cursor = 0ul;
        var resumed = 0;
        for (var isSealed = false; !isSealed;)
        {
            try
            {
                using var call = client.Stream(
                    new StreamLogsRequest { TaskId = TestClient.Handle(id), Cursor = cursor, Follow = true });
                while (await call.ResponseStream.MoveNext(soaking.CancellationToken))
                {
                    var message = call.ResponseStream.Current;
                    if (message.Chunk is { } chunk)
                    {
                        (chunk.Stream == LogStream.Stdout ? stdout : stderr).AppendData(chunk.Data.Span);
                        soaking.Tally.Compared(chunk.Data.Length);
                    }
                    else if (message.Gap is { } gap)
                    {
                        soaking.Tally.Violation("I4", $"{id}: a gap at {cursor}: {gap}");
                    }

                    cursor = message.Cursor;
                    isSealed = message.EventCase == StreamLogsResponse.EventOneofCase.Sealed;
                    if (pause > TimeSpan.Zero)
                    {
                        await Task.Delay(pause, TimeProvider.System, soaking.CancellationToken);
                    }
                }
            }
            catch (RpcException e) when (e.IsNoAnswer() && !soaking.CancellationToken.IsCancellationRequested)
            {
                resumed++;
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, soaking.CancellationToken);
            }
        }

        string[] seen = [Convert.ToHexString(stdout.GetHashAndReset()), Convert.ToHexString(stderr.GetHashAndReset())];
        if (!seen.SequenceEqual(written))
        {
            soaking.Tally.Violation("I4", $"{id}: a follower that resumed {resumed} times got other bytes than were written");
        }
    }
}
