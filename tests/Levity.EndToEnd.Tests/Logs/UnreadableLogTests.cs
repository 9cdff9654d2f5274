using Grpc.Core;
using Levity.EndToEnd.Tests.Fixtures;
using Levity.Protocol;

namespace Levity.EndToEnd.Tests.Logs;

/// <summary>A log that cannot be read is never taken for an empty one.</summary>
public sealed class UnreadableLogTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private readonly LevityServer _server = shared.Server;
    private readonly TestClient _client = shared.Server.Client();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_an_operator_has_deleted_is_told_as_lost_until_the_task_is_removed(bool isOver)
    {
        var id = await _client.ShellAsync(isOver ? "echo hello" : "echo hello; exec sleep 300");
        await _client.OutputAsync(id, "hello\n");
        if (isOver)
        {
            await _client.SuccessAsync(id);
        }

        Directory.Delete(Path.Combine(_server.StateDirectory, "logs", id), recursive: true);

        var fetched = await Assert.ThrowsAsync<RpcException>(() => _client.FetchAsync(id));
        Assert.Equal(StatusCode.DataLoss, fetched.StatusCode);
        foreach (var follow in (string[])["logs", "logs -f", "logs -n 1"])
        {
            var said = (await _server.Cli().RunAsync([.. follow.Split(' '), id])).Refusal();
            Assert.Contains($"the log of task {id} is gone from the server's disk", said, StringComparison.Ordinal);
            Assert.Contains("levity rm", said, StringComparison.Ordinal);
        }

        Assert.Equal(isOver, (await _client.QueryAsync(id)).StatusCode == TaskStatusCode.Finished);
        (await _server.Cli().RunAsync("rm", "-f", id)).Successful();
        var gone = await Assert.ThrowsAsync<RpcException>(() => _client.FetchAsync(id));
        Assert.Equal(StatusCode.NotFound, gone.StatusCode);
    }

    [Fact]
    public async Task A_levityd_that_is_out_of_descriptors_says_so_and_reads_when_it_has_some()
    {
        await Strace.NeedAsync();
        var id = await _client.ShellAsync("echo hello");
        await _client.SuccessAsync(id);

        await using (await Strace.InjectAsync(
            _server.Pid, Path.Combine(_server.StateDirectory, "logs", id), "openat", "EMFILE"))
        {
            foreach (var read in (Func<Task>[])[() => _client.FetchAsync(id), () => _client.Follow(id).AllAsync()])
            {
                var refusal = await Assert.ThrowsAsync<RpcException>(read);
                Assert.Equal(StatusCode.ResourceExhausted, refusal.StatusCode);
                Assert.Contains("EMFILE", refusal.Status.Detail, StringComparison.Ordinal);
                Assert.Contains("try again", refusal.Status.Detail, StringComparison.Ordinal);
            }
        }

        Assert.Equal("hello\n", (await _client.FetchAsync(id)).Stdout.ToStringUtf8());
    }
}
