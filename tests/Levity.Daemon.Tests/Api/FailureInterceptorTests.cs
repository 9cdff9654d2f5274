using Grpc.Core;
using Levity.Daemon.Api;
using Levity.Daemon.LogStreaming;
using Levity.Daemon.Registry;
using Levity.Daemon.Security;
using Levity.Daemon.Tests.Fakes;
using Levity.Linux;
using Levity.Protocol;

namespace Levity.Daemon.Tests.Api;

public sealed class FailureInterceptorTests
{
    public static TheoryData<string, StatusCode, string> Failures => new()
    {
        { "supervisor", StatusCode.Unavailable, "broken by the script" },
        { "registry", StatusCode.ResourceExhausted, "the disk is full" },
        { "failed registry", StatusCode.Unavailable, "levityd ends" },
        { "cursor", StatusCode.InvalidArgument, "cursor: " },
        { "removal", StatusCode.Internal, "EIO" },
        { "log", StatusCode.DataLoss, "torn" },
        { "EMFILE", StatusCode.ResourceExhausted, "EMFILE" },
        { "ENFILE", StatusCode.ResourceExhausted, "try again" },
        { "ENOMEM", StatusCode.ResourceExhausted, "ENOMEM" },
        { "EIO", StatusCode.Internal, "the log cannot be read: openat" },
        { "status", StatusCode.NotFound, "no such task" },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task Each_failure_has_its_status_in_every_kind_of_call(string failure, StatusCode code, string message)
    {
        var interceptor = new FailureInterceptor();
        var call = new FakeCall(
            new CallerIdentity("alice", DateTimeOffset.MaxValue), TestContext.Current.CancellationToken);

        var unary = await Assert.ThrowsAsync<RpcException>(
            () => interceptor.UnaryServerHandler<QueryTaskRequest, QueryTaskResponse>(
                new QueryTaskRequest(), call, (_, _) => throw NewFailure(failure)));
        var streaming = await Assert.ThrowsAsync<RpcException>(
            () => interceptor.ServerStreamingServerHandler(
                new StreamLogsRequest(),
                new CollectingWriter<StreamLogsResponse>(),
                call,
                (_, _, _) => throw NewFailure(failure)));

        Assert.Equal(code, unary.StatusCode);
        Assert.Contains(message, unary.Status.Detail, StringComparison.Ordinal);
        Assert.Equal(unary.Status, streaming.Status);
    }

    private static Exception NewFailure(string failure) => failure switch
    {
        "supervisor" => ScriptedSupervisor.Unavailable(),
        "registry" => ScriptedRegistry.Full(),
        "failed registry" => new RegistryFailedException("levityd ends", new IOException()),
        "removal" => new LogNotRemovedException("EIO", new IOException()),
        "cursor" => new InvalidCursorException(),
        "log" => new InvalidDataException("torn"),
        "EMFILE" => new LinuxException("openat", Errno.EMFILE, "a log"),
        "ENFILE" => new LinuxException("openat", Errno.ENFILE, "a log"),
        "ENOMEM" => new LinuxException("openat", Errno.ENOMEM, "a log"),
        "EIO" => new LinuxException("openat", Errno.EIO, "a log"),
        _ => RpcErrors.NoSuchTask("x"),
    };
}
