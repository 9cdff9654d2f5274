using Grpc.Core;
using Levity.Daemon.Registry;
using Levity.Daemon.Security;
using Levity.Daemon.Tasks;
using Levity.Linux;
using Levity.Protocol;
using Levity.Protocol.Supervisor;
using Microsoft.AspNetCore.Http.Features;

namespace Levity.Daemon.Api;

/// <summary>
/// The one place where what went wrong becomes a gRPC status. The codes are explained in api/levity.proto.
/// </summary>
internal static class RpcErrors
{
    // RFC 9113, section 7. gRPC clients make RESOURCE_EXHAUSTED of it (grpc's PROTOCOL-HTTP2.md, "Errors").
    private const int EnhanceYourCalm = 0xb;

    /// <summary>No such task, or not the caller's: one answer for both, made from nothing but the question.</summary>
    public static RpcException NoSuchTask(string id) => New(StatusCode.NotFound, $"no such task: {id}");

    public static RpcException NotOver(string id, TaskState state) => New(
        StatusCode.FailedPrecondition,
        $"task {id} is {state}: stop it first, or give force (levity rm --force), which kills it");

    public static RpcException NotSignalled(TaskRecord record, Failure failure) => (failure.Kind, record) switch
    {
        (Failure.Types.Kind.NoProcess, { State: TaskState.NotStarted, Id: var id }) => BeingStarted($"{id}"),
        (Failure.Types.Kind.NoProcess, { Attempt: { NextAt: not null } attempt, Id: var id }) => New(
            StatusCode.FailedPrecondition,
            $"no process of task {id} is there to get a signal: attempt {attempt.Number} has failed, and it waits for the next one; "
                + "asked to stop, it is over at once"),
        (Failure.Types.Kind.NoProcess, { Id: var id }) => New(
            StatusCode.FailedPrecondition, $"no process of task {id} is there to get a signal: it is over"),
        (Failure.Types.Kind.Version, _) => New(StatusCode.FailedPrecondition, failure.Message),
        _ => New(StatusCode.Internal, failure.Message),
    };

    /// <summary>For callers who know that there is this task, because they may do other things with it.</summary>
    public static RpcException NotAllowed(string caller, Rights missing, string id) => New(
        StatusCode.PermissionDenied,
        $"{caller} may not {missing.ToString().ToLowerInvariant()} task {id}: its owner can, and so can an admin of this server");

    /// <summary>What a caller with these rights to a task is told when they need others; null when they need none else.</summary>
    public static RpcException? RefusalOf(Rights needed, Rights rights, string caller, string id) =>
        rights == Rights.None ? NoSuchTask(id)
        : rights.HasFlag(needed) ? null
        : NotAllowed(caller, needed & ~rights, id);

    public static RpcException MayNotReadAll(string caller) => New(
        StatusCode.PermissionDenied,
        $"everybody: {caller} may not see everybody's tasks: the operator of this server has made nobody of that name a viewer");

    /// <summary>To those who know the task, because it is theirs to share.</summary>
    public static RpcException NotShared(string id, string user) => New(
        StatusCode.NotFound, $"task {id} is not shared with {user} (levity inspect says with whom it is)");

    public static RpcException TooManyShares(string id, int most) => New(
        StatusCode.ResourceExhausted,
        $"task {id} is shared with {most} users, and more are not possible: take a share back first (levity unshare)");

    public static RpcException NotRemoved(string id) =>
        Unavailable($"a removal of task {id} has failed, and its log may be gone: try again");

    public static RpcException BeingStarted(string id) =>
        Unavailable($"task {id} is being started just now: try again");

    public static RpcException NoInput(string id) => New(
        StatusCode.FailedPrecondition,
        $"task {id} was started without an input, and none can be given to it later: start it with one (levity start -i)");

    /// <summary>The supervisor cannot do what this server can.</summary>
    public static RpcException InputFailed(Failure failure) => New(
        failure.Kind == Failure.Types.Kind.Version ? StatusCode.FailedPrecondition : StatusCode.Internal, failure.Message);

    public static RpcException Invalid(string field, string problem) =>
        New(StatusCode.InvalidArgument, $"{field}: {problem}");

    public static RpcException KeyIsTaken(string key, string id) => New(
        StatusCode.AlreadyExists,
        $"request_key: {Quote(key)} has started task {id} with another request: a new start needs a new key");

    public static RpcException NameIsTaken(string name, string id) => New(
        StatusCode.AlreadyExists,
        $"name: {Quote(name)} is the name of task {id}, which is not over: give another name, or stop that one first");

    public static RpcException OverLimit(OverLimit over)
    {
        var remedy = over.Limit switch
        {
            UserLimit.RunningTasks => "wait until one is over, or stop one (levity signal)",
            UserLimit.StartsPerMinute => $"try again in {GoDuration.Format(over.RetryAfter)}",
            UserLimit.LogBytes => "remove tasks that are over (levity rm)",
            _ => "end one",
        };
        return New(
            StatusCode.ResourceExhausted,
            $"{NameOf(over.Limit)}: the limit of {over.User} is {over.Value}, and there are {over.Used}: {remedy}");
    }

    /// <summary>What a limit is called in the configuration file.</summary>
    public static string NameOf(UserLimit limit) => limit switch
    {
        UserLimit.RunningTasks => "running-tasks",
        UserLimit.StartsPerMinute => "starts-per-minute",
        UserLimit.LogBytes => "log-bytes",
        _ => "open-streams",
    };

    public static RpcException NoAccount(string problem) => New(
        StatusCode.FailedPrecondition, $"{problem}: your tasks are to run as it, and its operator has to change one of the two");

    public static RpcException LogTooLarge(int limit) => New(
        StatusCode.ResourceExhausted,
        $"the log exceeds the {limit} bytes that fit into one message: use StreamLogs (levity logs does)");

    public static RpcException Unavailable(string message) => New(StatusCode.Unavailable, message);

    /// <summary>What cannot be put on record is not done.</summary>
    public static RpcException NoRoomForRecord() => New(
        StatusCode.ResourceExhausted,
        "the server's disk is full, and this call could not be put on record in its audit log: make room in its state "
        + "directory; tasks that run go on");

    public static RpcException RegistryUnavailable(string message) => New(StatusCode.ResourceExhausted, message);

    public static RpcException LogNotRemoved(string message) => New(StatusCode.Internal, message);

    public static RpcException ShuttingDown() => New(StatusCode.Unavailable, "levityd is shutting down; tasks go on");

    /// <summary>What the access interceptor would say to the caller's next call.</summary>
    public static RpcException NoLongerAccepted(string refusal) => New(StatusCode.Unauthenticated, refusal);

    /// <summary>
    /// RESOURCE_EXHAUSTED for a client that does not read. Not as a status: that would come behind the very bytes which
    /// are not taken. A reset overtakes them, and drops them here.
    /// </summary>
    public static void EndStoppedReading(ServerCallContext context)
    {
        context.Status = new Status(StatusCode.ResourceExhausted, "the client does not read"); // for the record
        context.GetHttpContext().Features.GetRequiredFeature<IHttpResetFeature>().Reset(EnhanceYourCalm);
    }

    /// <summary>The same for a client that does not send all of its request, or does not take the answer.</summary>
    public static void EndUnfinished(HttpContext http) =>
        http.Features.GetRequiredFeature<IHttpResetFeature>().Reset(EnhanceYourCalm);

    /// <summary>The server cannot get at a log just now, or at all: <see cref="LinuxException"/> says why.</summary>
    public static RpcException LogNotRead(LinuxException e) => e.Number is Errno.EMFILE or Errno.ENFILE or Errno.ENOMEM
        ? New(StatusCode.ResourceExhausted, $"the server is out of files or memory to read a log with ({e.Message}): try again")
        : New(StatusCode.Internal, $"the log cannot be read: {e.Message}");

    public static RpcException LogIsGone(string id) => New(
        StatusCode.DataLoss,
        $"the log of task {id} is gone from the server's disk, by a removal that could not be finished or by somebody's "
        + "hand: what the task has written cannot be told any more; all else can (levity inspect), and levity rm removes it");

    public static RpcException DamagedLog(string problem) => New(StatusCode.DataLoss, $"the log is damaged: {problem}");

    public static RpcException NotMeasured(Failure failure) => failure.Kind == Failure.Types.Kind.Version
        ? New(StatusCode.FailedPrecondition, failure.Message)
        : Unavailable($"what tasks use cannot be told just now: {failure.Message}");

    public static RpcException StartFailed(Failure failure) => failure.Kind switch
    {
        Failure.Types.Kind.Command => New(StatusCode.FailedPrecondition, $"binary: {failure.Message}"),
        Failure.Types.Kind.WorkingDir => New(StatusCode.FailedPrecondition, $"working_dir: {failure.Message}"),
        Failure.Types.Kind.Ulimit => New(StatusCode.FailedPrecondition, $"ulimits: {failure.Message}"),
        Failure.Types.Kind.Version => New(StatusCode.FailedPrecondition, failure.Message),
        Failure.Types.Kind.Limits => New(StatusCode.FailedPrecondition, $"limits: {failure.Message}"),
        Failure.Types.Kind.TooBig => Invalid("args", failure.Message),
        Failure.Types.Kind.Resources => New(StatusCode.ResourceExhausted, failure.Message),

        // Settled as lost before it was executed, in the moment of a reconnection: nothing ran, so it may be tried
        // again.
        Failure.Types.Kind.Duplicate => Unavailable($"the task was not started: {failure.Message}"),
        _ => New(StatusCode.Internal, failure.Message),
    };

    /// <summary>Somebody's input as it may stand in a message.</summary>
    public static string Quote(string text) => QuotedText.Of(text);

    private static RpcException New(StatusCode code, string message) => new(new Status(code, message));
}
