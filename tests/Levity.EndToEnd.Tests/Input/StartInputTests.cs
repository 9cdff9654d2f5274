using Grpc.Core;
using Levity.EndToEnd.Tests.Fixtures;
using Levity.Protocol;

namespace Levity.EndToEnd.Tests.Input;

/// <summary>Starts that cannot be: the answer says why, and nothing is left of them.</summary>
public sealed class StartInputTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private readonly LevityServer _server = shared.Server;
    private readonly TestClient _client = shared.Server.Client();

    public static TheoryData<string> Names => [.. BadStart.All(directory: "").Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task What_is_wrong_is_named_and_nothing_is_left(string name)
    {
        BadStart.MakeFiles(_server.Scratch);
        var bad = BadStart.All(_server.Scratch)[name];
        var logs = _server.LogIds;

        var refusal = await Assert.ThrowsAsync<RpcException>(() => _client.StartAsync(bad.Request));

        Assert.Equal(bad.Code, refusal.StatusCode);
        Assert.All(bad.Says, words => Assert.Contains(words, refusal.Status.Detail, StringComparison.Ordinal));
        Assert.Equal(logs, _server.LogIds);
        await _client.SuccessAsync(await _client.StartAsync("true"));
    }

    [Fact]
    public async Task A_secret_is_not_repeated_in_the_answer()
    {
        var request = new StartTaskRequest { Binary = "true", Environment = { ["A"] = "hunter2\0" } };

        var refusal = await Assert.ThrowsAsync<RpcException>(() => _client.StartAsync(request));

        Assert.DoesNotContain("hunter2", refusal.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", _server.Messages, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_just_possible_works()
    {
        var longest = new string('x', 131_071);
        var id = await _client.StartAsync(new StartTaskRequest
        {
            Binary = "sh",
            Args = { "-c", "echo ${#1} ${#A}", "sh", longest },
            Environment = { ["A"] = longest[..131_069] },
        });

        await _client.SuccessAsync(id);
        Assert.Equal("131071 131069\n", (await _client.FetchAsync(id)).Stdout.ToStringUtf8());
    }

    // A record that was left would be settled by the next levityd, which gives it a log.
    [Fact]
    public async Task No_record_is_left_either()
    {
        await using var server = await LevityServer.StartAsync();
        var client = server.Client();
        BadStart.MakeFiles(server.Scratch);
        foreach (var bad in BadStart.All(server.Scratch).Values)
        {
            await Assert.ThrowsAsync<RpcException>(() => client.StartAsync(bad.Request));
        }

        var good = await client.StartAsync("true");
        await server.SigtermAsync();
        await server.RestartAsync();

        await server.Client().SuccessAsync(good);
        Assert.Equal([good], server.LogIds);
    }
}
