using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Grpc.Net.Client;
using Levity.Protocol;

namespace Levity.EndToEnd.Tests.Fixtures;

/// <summary>A gRPC client with one user's certificate. Each of its calls has a deadline, so none hangs.</summary>
internal sealed class TestClient : IDisposable
{
    private readonly GrpcChannel _channel;
    private readonly TaskManager.TaskManagerClient _tasks;

    /// <param name="address">HOST:PORT.</param>
    /// <param name="serverCa">The file of the one CA to trust.</param>
    /// <param name="user">Whose certificate to show; none when it is null.</param>
    public TestClient(string address, string serverCa, Identity? user)
    {
        var handler = new SocketsHttpHandler
        {
            SslOptions = Options(serverCa, user),
            UseProxy = false,

            // With a way of its own to connect, the channel leaves connections to the handler. It would keep one ready
            // itself, wait longer after each outage, and now and then for ever when a refusal comes at the wrong moment.
            ConnectCallback = ConnectAsync,
        };
        _channel = GrpcChannel.ForAddress(
            $"https://{address}", new GrpcChannelOptions { HttpHandler = handler, DisposeHttpClient = true });
        _tasks = new TaskManager.TaskManagerClient(_channel);
    }

    public CallInvoker Invoker => _channel.CreateCallInvoker();

    /// <summary>For a call: far away, but not for ever.</summary>
    public static CallOptions Bounded => new(
        deadline: (TimeProvider.System.GetUtcNow() + 2 * Eventually.Bound).UtcDateTime,
        cancellationToken: TestContext.Current.CancellationToken);

    public static SslClientAuthenticationOptions Options(string serverCa, Identity? user)
    {
        var trust = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        trust.CustomTrustStore.ImportFromPemFile(serverCa);

        // Shown whatever it says it is for: the server shall refuse it, not we.
        return new SslClientAuthenticationOptions
        {
            CertificateChainPolicy = trust,
            ClientCertificateContext =
                user is null ? null : SslStreamCertificateContext.Create(user.Load(), [], offline: true),
        };
    }

    /// <summary>Starts a task: its id.</summary>
    public async Task<string> StartAsync(StartTaskRequest request) =>
        (await _tasks.StartTaskAsync(request, Bounded)).TaskId.Id;

    /// <summary>What a start would do.</summary>
    public async Task<StartPlan> PlanAsync(StartTaskRequest request) => (await _tasks.StartTaskAsync(request, Bounded)).Plan;

    public Task<string> StartAsync(string binary, params IEnumerable<string> arguments) =>
        StartAsync(new StartTaskRequest { Binary = binary, Args = { arguments } });

    /// <summary>Starts a shell with this script; the arguments are its $1, $2 …</summary>
    public Task<string> ShellAsync(string script, params IEnumerable<string> arguments) =>
        StartAsync("sh", ["-c", script, "sh", .. arguments]);

    /// <summary>Starts <see cref="ChildProgram"/> with a verb.</summary>
    public Task<string> ChildAsync(params IEnumerable<string> verb)
    {
        var request = new StartTaskRequest { Binary = ChildProgram.FilePath, Args = { verb } };
        if (Environment.GetEnvironmentVariable("DOTNET_ROOT") is { } runtime)
        {
            // A task's environment does not say where .NET is, when it is in no usual place.
            request.Environment["DOTNET_ROOT"] = runtime;
        }

        return StartAsync(request);
    }

    /// <summary>All that is told of a task but when it expires, so that what stays the same is equal.</summary>
    public async Task<QueryTaskResponse> QueryAsync(string id)
    {
        var task = await QueryWithExpiryAsync(id);
        task.ExpiresAt = null;
        return task;
    }

    /// <summary>With when it expires, which is another time in each answer.</summary>
    public async Task<QueryTaskResponse> QueryWithExpiryAsync(string id) =>
        await _tasks.QueryTaskAsync(new QueryTaskRequest { TaskId = Handle(id) }, Bounded);

    /// <summary>Asks on a connection that is about to be closed: the answer is a refusal, or there is none any more.</summary>
    public async Task RefusedAsync(string id)
    {
        var refusal = await Assert.ThrowsAsync<RpcException>(() => QueryAsync(id));
        Assert.True(
            refusal.StatusCode == StatusCode.Unauthenticated || refusal.Status.DebugException is not null, $"{refusal}");
    }

    public Task SignalAsync(string id) => SignalAsync(new SignalTaskRequest { TaskId = Handle(id) });

    public async Task SignalAsync(SignalTaskRequest request) => await _tasks.SignalTaskAsync(request, Bounded);

    public async Task<TaskShare> ShareAsync(
        string id,
        string user,
        bool read = false,
        bool signal = false,
        bool attach = false,
        TimeSpan? validFor = null)
    {
        var request = new ShareTaskRequest
        {
            TaskId = Handle(id),
            User = user,
            Read = read,
            Signal = signal,
            Attach = attach,
            ValidFor = validFor?.ToDuration(),
        };
        return (await _tasks.ShareTaskAsync(request, Bounded)).Share;
    }

    public async Task UnshareAsync(string id, string user) =>
        await _tasks.UnshareTaskAsync(new UnshareTaskRequest { TaskId = Handle(id), User = user }, Bounded);

    public async Task RemoveAsync(string id, bool force = false) =>
        await _tasks.RemoveTaskAsync(new RemoveTaskRequest { TaskId = Handle(id), Force = force }, Bounded);

    public async Task<FetchLogsResponse> FetchAsync(string id) =>
        await _tasks.FetchLogsAsync(new FetchLogsRequest { TaskId = Handle(id) }, Bounded);

    public AsyncDuplexStreamingCall<AttachTaskRequest, AttachTaskResponse> Attach() => _tasks.AttachTask(Bounded);

    public AsyncServerStreamingCall<StreamLogsResponse> Stream(StreamLogsRequest request) =>
        _tasks.StreamLogs(request, Bounded);

    public AsyncServerStreamingCall<StreamStatsResponse> Stats(StreamStatsRequest request) => _tasks.StreamStats(request, Bounded);

    /// <summary>A stream of the whole log, to the task's end.</summary>
    public AsyncServerStreamingCall<StreamLogsResponse> Follow(string id) =>
        Stream(new StreamLogsRequest { TaskId = Handle(id), Follow = true });

    /// <summary>Waits until the task is over.</summary>
    public Task<QueryTaskResponse> EndAsync(string id)
    {
        QueryTaskResponse? last = null;
        return Eventually.GetAsync(
            async () => (last = await QueryAsync(id)).StatusCode
                is TaskStatusCode.NotStarted or TaskStatusCode.Running or TaskStatusCode.Signalled ? null : last,
            () => $"the end of task {id}: {last}");
    }

    /// <summary>Waits until the task is over and was a plain success.</summary>
    public async Task SuccessAsync(string id)
    {
        var end = await EndAsync(id);
        Assert.True(end is { StatusCode: TaskStatusCode.Finished, HasExitCode: true, ExitCode: 0 }, $"{end}");
    }

    /// <summary>Waits until the task has written this.</summary>
    public async Task OutputAsync(string id, string text)
    {
        using var call = Follow(id);
        var messages = new List<StreamLogsResponse>();
        while (!messages.Text().Contains(text, StringComparison.Ordinal))
        {
            messages.Add(await call.NextAsync());
        }
    }

    public void Dispose() => _channel.Dispose();

    public static TaskHandle Handle(string id) => new() { Id = id };

    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken token)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, token);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
