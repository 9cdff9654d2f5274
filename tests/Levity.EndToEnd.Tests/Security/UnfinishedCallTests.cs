using Levity.EndToEnd.Tests.Fixtures;
using Levity.Protocol;

namespace Levity.EndToEnd.Tests.Security;

/// <summary>Calls whose client does not go on with them. Nobody else calls such a server here: it has no patience.</summary>
public sealed class UnfinishedCallTests
{
    private static readonly byte[] NoWindow = [0, 4, 0, 0, 0, 0];

    private static readonly ServerSettings Impatient = new() { ReaderTimeout = "500ms" };

    [Fact]
    public async Task A_message_that_never_ends_or_never_comes_and_an_answer_that_is_never_taken_are_reset()
    {
        await using var server = await LevityServer.StartAsync();
        var task = await server.Client().StartAsync("head", "-c", "1000000", "/dev/zero");
        await server.Client().SuccessAsync(task);
        await server.SigtermAsync();
        await server.RestartAsync(Impatient);
        await using var client = await RawClient.GreetAsync(server, server.Certificates.Alice);

        await client.SendAsync(new Http2Frame(FrameType.Settings) { Payload = NoWindow });
        await client.SendAsync(Http2Request.Headers(1, "/levity.TaskManager/StartTask"));
        await client.SendAsync(Http2Request.Data(1, Http2Request.Prefix(1_000)));
        await client.SendAsync(Http2Request.Data(1, new byte[999]));
        await client.SendAsync(Http2Request.Headers(3, "/levity.TaskManager/QueryTask"));
        await client.SendAsync(Http2Request.Headers(5, "/levity.TaskManager/FetchLogs"));
        await client.SendAsync(Http2Request.Data(5, new FetchLogsRequest { TaskId = TestClient.Handle(task) }));

        var resets = new List<(int, Http2Error)>();
        while (resets.Count < 3 && await client.ReadAsync(FrameType.ResetStream) is { } reset)
        {
            resets.Add((reset.Stream, reset.Error));
        }

        Assert.Equal(
            [(1, Http2Error.EnhanceYourCalm), (3, Http2Error.EnhanceYourCalm), (5, Http2Error.EnhanceYourCalm)],
            resets.Order());
        Assert.Equal([task], server.LogIds);
    }
}
