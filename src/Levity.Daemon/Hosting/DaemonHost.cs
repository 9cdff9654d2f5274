using System.Net;
using System.Runtime.InteropServices;
using Grpc.AspNetCore.Server;
using Levity.Daemon.Api;
using Levity.Daemon.Api.Listing;
using Levity.Daemon.Audit;
using Levity.Daemon.LogStreaming;
using Levity.Daemon.Registry.Sqlite;
using Levity.Daemon.Security;
using Levity.Daemon.Security.Admission;
using Levity.Daemon.Security.Trust;
using Levity.Daemon.Supervision;
using Levity.Daemon.Tasks;
using Levity.Protocol.Supervisor;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting.Systemd;

namespace Levity.Daemon.Hosting;

/// <summary>
/// Puts levityd together, runs it and takes it down in the right order. The only place that knows all parts.
/// </summary>
internal static class DaemonHost
{
    // Half of what a restart may take: streams are ended by us, the rest of the time is for a commit on a slow disk.
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(3);

    /// <summary>Serves until SIGTERM or SIGINT. Tasks go on after it.</summary>
    public static async Task RunAsync(DaemonOptions options, TextWriter ready, CancellationToken cancellationToken)
    {
        if (Failpoints.Problem is { } problem)
        {
            throw new StartupException(problem);
        }

        RunAsRules.Check(options);
        StartingDirectory.RequireFor(
            options.StateDirectory, options.CertificateFile, options.KeyFile, options.ClientCaFile, options.CrlFile,
            options.SupervisorProgram);
        using var state = StateDirectory.Open(options.StateDirectory);
        using var loggers = LoggerFactory.Create(ConfigureLogging);
        await using var registry = SqliteTaskRegistry.Open(state.Registry, loggers.CreateLogger<SqliteTaskRegistry>());
        var time = TimeProvider.System;
        var boot = Boot.OfThisMachine();
        using var audit = AuditLog.Open(state.Path, boot.Id, time, loggers.CreateLogger<AuditLog>());
        var supervisor = new SupervisorClient(
            new SupervisorProcess(options.SupervisorProgram, state.Path, state.RequireOurs),
            time,
            loggers.CreateLogger<SupervisorClient>());
        var taskOptions = new TaskOptions
        {
            Grace = options.Grace,
            LogQuota = options.LogQuota,
            InactivityTimeout = options.InactivityTimeout,
            Limits = options.Limits,
        };
        var taskLogs = new TaskLogs(state.Logs);
        var tasks = new TaskManager(
            registry,
            supervisor,
            taskLogs,
            new TaskRemoval(taskLogs, registry, loggers.CreateLogger<TaskRemoval>()),
            new TaskAccounts(options.Accounts),
            taskOptions,
            boot,
            time);
        var tail = new LogTail(supervisor.WatchLog);
        var supervision = new TaskSupervision(
            tasks, supervisor, tail, taskOptions, time, loggers.CreateLogger<TaskSupervision>());
        var expiry = new TaskExpiry(tasks, registry, taskOptions, time, loggers.CreateLogger<TaskExpiry>());
        var connections = new ClientConnections(time);
        var trust = new TrustStore(
            new TrustFiles(options.CertificateFile, options.KeyFile, options.ClientCaFile, options.CrlFile),
            connections,
            time,
            loggers.CreateLogger<TrustStore>());
        var lapsed = new LapsedTasks(
            tasks,
            certificate => trust.Current.LapseOf(certificate, options.StopTasksOf, time.GetUtcNow()),
            time,
            loggers.CreateLogger<LapsedTasks>());
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
        {
            signal.Cancel = true;
            trust.ReadAgain();
        });
        using var refusals = new Refusals(audit, options.RefusalRecords, time);
        var door = new KestrelSetup(
            options.Address,
            trust,
            connections,
            new Gate(new Visitors(options.Connections, user => options.Limits.Of(user).Connections), time),
            new HandshakeAudit(refusals, time),
            options.Connections.HandshakeTimeout);

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var connected = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var loops = new List<Task>();
        var beginning = Task.Run(BeginAsync, CancellationToken.None);
        try
        {
            // While records are read, and the supervisor starts or tells what it has: all three take their time.
            await using var app = Build(
                door, options, trust, tasks, new TaskSharing(registry, time), expiry, new LogFollower(state.Logs, tail),
                new TaskMeter(supervisor), new TaskInput(supervisor), audit, time);
            RequirePolicyForEveryMethod(app);
            await beginning;
            Task[] vital = [.. loops, registry.Failure];
            await WhileRunningAsync(vital, connected.Task);
            await WhileRunningAsync(vital, supervision.Settled);
            await app.StartAsync(stop.Token);
            await ready.WriteLineAsync($"Listening on {AddressOf(app)}");
            new SystemdNotifier().Notify(ServiceState.Ready); // nothing, when it is not systemd that waits for it
            await WhileRunningAsync(vital, app.WaitForShutdownAsync(stop.Token));
        }
        finally
        {
            await stop.CancelAsync();
            await beginning.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await Task.WhenAll(loops);
        }

        // No supervisor is started for a registry that cannot be opened. What it tells waits until all records are known.
        async Task BeginAsync()
        {
            await registry.Sound;
            loops.Add(supervisor.RunAsync(supervision, connected, stop.Token));
            await tasks.LoadAsync(cancellationToken);

            // Each goes through all tasks.
            await Task.WhenAll(Task.Run(tasks.PutInOrder, cancellationToken), Task.Run(expiry.Begin, cancellationToken));
            loops.Add(supervision.RunAsync(stop.Token));
            loops.Add(Task.Run(() => expiry.RunAsync(stop.Token), CancellationToken.None));
            loops.Add(trust.RunAsync(stop.Token));
            loops.Add(audit.RunAsync(stop.Token));
            if (options.StopTasksOf != Lapses.None)
            {
                // It looks at all tasks, each second.
                loops.Add(lapsed.RunAsync(stop.Token));
            }
        }
    }

    // A loop that ends before it is told to has failed, and levityd with it: better none than one that is deaf.
    private static async Task WhileRunningAsync(Task[] vital, Task goal)
    {
        var first = await Task.WhenAny([goal, .. vital]);
        await first;
        if (!goal.IsCompleted)
        {
            throw new OperationCanceledException("levityd was told to stop before it was ready");
        }

        await goal;
    }

    private static WebApplication Build(
        KestrelSetup door,
        DaemonOptions options,
        TrustStore trust,
        TaskManager tasks,
        TaskSharing sharing,
        TaskExpiry expiry,
        LogFollower logs,
        TaskMeter meter,
        TaskInput input,
        AuditLog audit,
        TimeProvider time)
    {
        // Empty: the usual builder watches configuration files, and each watch is one of few inotify instances. It serves no
        // file, and would look for them in the directory it was started in, which may have been deleted since.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = "/" });
        ConfigureLogging(builder.Logging);
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(door.Configure);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownTimeout);
        builder.Services.AddSingleton(time).AddSingleton(tasks).AddSingleton(logs).AddSingleton<AccessInterceptor>();
        builder.Services.AddSingleton<FailureInterceptor>().AddSingleton<CallLifetime>();
        builder.Services.AddSingleton(input).AddSingleton<AttachCall>();
        builder.Services.AddSingleton(sharing).AddSingleton(expiry).AddSingleton(trust).AddSingleton(new AccessPolicy(options.Roles, time));
        builder.Services.AddSingleton(new StreamLimit(options.Limits)).AddSingleton<AuditInterceptor>();
        builder.Services.AddSingleton<ClientWatch>().AddSingleton(meter).AddSingleton<StatsStream>();
        builder.Services.AddSingleton<TaskReporter>().AddSingleton<TaskListing>().AddSingleton<TaskWatching>();
        builder.Services.AddSingleton(new StreamOptions { ReaderTimeout = options.ReaderTimeout });
        builder.Services.AddGrpc(grpc =>
        {
            grpc.MaxReceiveMessageSize = KestrelSetup.LargestMessage;
            grpc.Interceptors.Add<AuditInterceptor>();
            grpc.Interceptors.Add<AccessInterceptor>();
            grpc.Interceptors.Add<StreamLimit>();
            grpc.Interceptors.Add<FailureInterceptor>();
        });
        builder.Services.AddGrpcReflection();
        builder.Services.AddGrpcHealthChecks().AddCheck("levityd", () => HealthCheckResult.Healthy());

        var app = builder.Build();
        app.Use(new CallAudit(audit, time).Around);
        app.UseRouting();
        app.Use(app.Services.GetRequiredService<ClientWatch>().Around);
        app.MapGrpcService<TaskService>();
        app.MapGrpcHealthChecksService();
        app.MapGrpcReflectionService();
        return app;
    }

    private static void ConfigureLogging(ILoggingBuilder logging)
    {
        logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
            console.UseUtcTimestamp = true;
            console.ColorBehavior = Microsoft.Extensions.Logging.Console.LoggerColorBehavior.Disabled;
        });
        logging.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(
            console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        logging.AddFilter("Microsoft", LogLevel.Warning);

        // What is wrong with a client's HTTP/2 has a stack each time, as often as the client likes.
        logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel.Http2", LogLevel.None);
        logging.AddFilter("Grpc", LogLevel.Warning);
    }

    // A method that nobody has decided about is not served, not even once.
    private static void RequirePolicyForEveryMethod(IEndpointRouteBuilder app)
    {
        var uncovered = app.DataSources
            .SelectMany(source => source.Endpoints)
            .Select(endpoint => endpoint.Metadata.GetMetadata<GrpcMethodMetadata>()?.Method.FullName)
            .FirstOrDefault(method => method is not null && !AccessPolicy.Covers(method));
        if (uncovered is not null)
        {
            throw new InvalidOperationException($"{uncovered} has no row in {nameof(AccessPolicy)}");
        }
    }

    private static string AddressOf(WebApplication app)
    {
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        var uri = new Uri(addresses.Addresses.Single());
        return new IPEndPoint(IPAddress.Parse(uri.Host), uri.Port).ToString();
    }
}
