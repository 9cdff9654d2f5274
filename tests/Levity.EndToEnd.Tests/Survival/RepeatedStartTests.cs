using System.Collections.Concurrent;
using Grpc.Core;
using Levity.EndToEnd.Tests.Fixtures;
using Levity.Protocol;

namespace Levity.EndToEnd.Tests.Survival;

/// <summary>One key is one process: for callers who all come at once, and for those who come again after a crash.</summary>
public sealed class RepeatedStartTests
{
    private const string WriteDown = "echo \"$2 $LEVITY_TASK_ID\" >> \"$1\"";

    [Fact]
    public async Task A_thousand_starts_with_one_key_are_one_process()
    {
        await using var server = await LevityServer.StartAsync();
        var ran = Path.Combine(server.Scratch, "ran");
        var client = server.Client();

        var ids = await Task.WhenAll(Enumerable.Range(0, 1000).Select(_ => client.StartAsync(Request(ran, "key"))));

        var id = Assert.Single(ids.Distinct());
        await client.SuccessAsync(id);
        Assert.Equal([$"key {id}"], await ReadAsync(ran));
        Assert.Equal([id], server.LogIds);
    }

    [Fact]
    public async Task Another_request_with_the_key_is_refused_and_somebody_elses_key_is_another()
    {
        await using var server = await LevityServer.StartAsync();
        var ran = Path.Combine(server.Scratch, "ran");
        var id = await server.Client().StartAsync(Request(ran, "key"));
        var other = Request(ran, "key");
        other.Args.Add("more");

        var refusal = await Assert.ThrowsAsync<RpcException>(() => server.Client().StartAsync(other));
        var bobs = await server.Client(server.Certificates.Bob).StartAsync(other);

        Assert.Equal(StatusCode.AlreadyExists, refusal.StatusCode);
        Assert.Contains("request_key: 'key'", refusal.Status.Detail, StringComparison.Ordinal);
        Assert.NotEqual(id, bobs);
    }

    [Fact]
    public async Task A_start_that_failed_leaves_its_key_free()
    {
        await using var server = await LevityServer.StartAsync();
        var client = server.Client();
        var missing = new StartTaskRequest { Binary = "/no/such/command", RequestKey = "key" };
        await Assert.ThrowsAsync<RpcException>(() => client.StartAsync(missing));

        var id = await client.StartAsync(new StartTaskRequest { Binary = "true", RequestKey = "key" });

        await client.SuccessAsync(id);
    }

    [Fact]
    public async Task A_key_outlives_levityd_and_its_supervisor()
    {
        await using var server = await LevityServer.StartAsync();
        var ran = Path.Combine(server.Scratch, "ran");
        var id = await server.Client().StartAsync(Request(ran, "key"));
        await server.Client().SuccessAsync(id);
        await server.Kill9Async();
        await server.StopSupervisorAsync();
        await server.RestartAsync();

        Assert.Equal(id, await server.Client().StartAsync(Request(ran, "key")));
        Assert.Equal([$"key {id}"], await ReadAsync(ran));
    }

    [Fact]
    public async Task A_start_that_is_repeated_until_it_is_answered_is_one_process_whenever_levityd_is_killed()
    {
        await using var server = await LevityServer.StartAsync();
        var ran = Path.Combine(server.Scratch, "ran");
        var answers = new ConcurrentDictionary<string, string>();
        var unanswered = new ConcurrentDictionary<string, StartTaskRequest>();
        for (var round = 0; round < 5; round++)
        {
            var starting = StartUntilItFailsAsync(server.Client(), ran, $"round-{round}", answers, unanswered);
            var target = answers.Count + 50;
            await Eventually.TrueAsync(() => answers.Count >= target, "50 starts");
            await server.Kill9Async();
            await starting;
            await server.RestartAsync();

            // Each several times at once, for good measure.
            var client = server.Client();
            foreach (var (key, request) in unanswered)
            {
                var ids = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => client.StartAsync(request)));
                answers[key] = Assert.Single(ids.Distinct());
                unanswered.TryRemove(key, out _);
            }
        }

        foreach (var id in answers.Values)
        {
            await server.Client().SuccessAsync(id);
        }

        Assert.Equal(answers.Select(answer => $"{answer.Key} {answer.Value}").Order(), (await ReadAsync(ran)).Order());
    }

    [Fact]
    public async Task One_levity_start_is_at_most_one_process_when_levityd_is_killed_under_it()
    {
        await using var server = await LevityServer.StartAsync();
        var ran = Path.Combine(server.Scratch, "ran");
        var results = new ConcurrentDictionary<string, ProgramResult>();
        var stop = 0;
        var starting = Task.WhenAll(Enumerable.Range(0, 4).Select(async caller =>
        {
            for (var i = 0; Volatile.Read(ref stop) == 0; i++)
            {
                results[$"{caller}-{i}"] = await server.Cli().RunAsync(
                    "-t", "30s", "start", "--", "sh", "-c", WriteDown, "sh", ran, $"{caller}-{i}");
            }
        }));
        for (var round = 0; round < 3; round++)
        {
            var target = results.Count + 10;
            await Eventually.TrueAsync(() => results.Count >= target, "10 starts");
            await server.Kill9Async();
            await server.RestartAsync();
        }

        Volatile.Write(ref stop, 1);
        await starting;

        var started = results.Where(result => result.Value.ExitCode == 0)
            .ToDictionary(result => result.Key, result => result.Value.OutputText.TrimEnd('\n'));
        foreach (var id in started.Values)
        {
            await server.Client().SuccessAsync(id);
        }

        var written = await ReadAsync(ran);
        var names = written.Select(line => line.Split(' ')[0]).ToList();
        Assert.Equal(names.Distinct(), names);
        Assert.Empty(started.Select(one => $"{one.Key} {one.Value}").Except(written));
    }

    private static StartTaskRequest Request(string ran, string key) => new()
    {
        Binary = "sh",
        Args = { "-c", WriteDown, "sh", ran, key },
        RequestKey = key,
    };

    private static Task<string[]> ReadAsync(string file) =>
        File.ReadAllLinesAsync(file, TestContext.Current.CancellationToken);

    private static Task StartUntilItFailsAsync(
        TestClient client,
        string ran,
        string prefix,
        ConcurrentDictionary<string, string> answers,
        ConcurrentDictionary<string, StartTaskRequest> unanswered) =>
        Task.WhenAll(Enumerable.Range(0, 8).Select(async caller =>
        {
            for (var i = 0; ; i++)
            {
                var request = Request(ran, $"{prefix}-{caller}-{i}");
                try
                {
                    answers[request.RequestKey] = await client.StartAsync(request);
                }
                catch (Exception e) when (e is RpcException or ObjectDisposedException)
                {
                    // levityd is gone.
                    unanswered[request.RequestKey] = request;
                    return;
                }
            }
        }));
}
