using System.Text;
using Google.Protobuf;
using Grpc.Core;
using Levity.Daemon.Api;
using Levity.Daemon.Api.Listing;
using Levity.Daemon.Api.Validation;
using Levity.Daemon.Tasks;
using Levity.Protocol;

namespace Levity.Fuzz.Targets;

/// <summary>
/// A message of the public API, the first byte of which says of which method: it is refused by the name of a field, or
/// keeps all rules.
/// </summary>
internal sealed class RequestTarget : IFuzzTarget
{
    private const int LongestString = 131_071;
    private const int LongestPath = 4_095;

    private static readonly Action<byte[]>[] Methods =
    [
        bytes => CheckStart(StartTaskRequest.Parser.ParseFrom(bytes)),
        bytes => CheckStream(StreamLogsRequest.Parser.ParseFrom(bytes)),
        bytes => CheckId(QueryTaskRequest.Parser.ParseFrom(bytes).TaskId),
        bytes => CheckId(SignalTaskRequest.Parser.ParseFrom(bytes).TaskId),
        bytes => CheckId(FetchLogsRequest.Parser.ParseFrom(bytes).TaskId),
        bytes => CheckId(RemoveTaskRequest.Parser.ParseFrom(bytes).TaskId),
        bytes => CheckShare(ShareTaskRequest.Parser.ParseFrom(bytes)),
        bytes => CheckUnshare(UnshareTaskRequest.Parser.ParseFrom(bytes)),
        bytes => CheckList(ListTasksRequest.Parser.ParseFrom(bytes)),
        bytes => RequestValidation.Check(WatchTasksRequest.Parser.ParseFrom(bytes)),
        bytes => CheckId(WatchTaskRequest.Parser.ParseFrom(bytes).TaskId),
    ];

    public void Take(byte[] input)
    {
        if (input.Length == 0)
        {
            return;
        }

        try
        {
            Methods[input[0] % Methods.Length](input[1..]);
        }
        catch (InvalidProtocolBufferException)
        {
            // gRPC answers that before anything of ours sees it.
        }
        catch (RpcException e)
        {
            Promise.Require(e.StatusCode == StatusCode.InvalidArgument, $"{e.Status} is no INVALID_ARGUMENT");
            Promise.Require(e.Status.Detail.Length < 500, $"a message of {e.Status.Detail.Length} characters");
            Promise.Require(!e.Status.Detail.Any(char.IsControl), "a control character is echoed");
        }
    }

    public void Dispose()
    {
    }

    private static void CheckStart(StartTaskRequest request)
    {
        RequestValidation.Check(request);
        Require("binary", request.Binary, LongestPath);
        Promise.Require(request.Binary.Length > 0, "no command");
        Promise.Require(!request.HasWorkingDir || request.WorkingDir.StartsWith('/'), "no absolute path");
        Require("working_dir", request.WorkingDir, LongestPath);
        foreach (var argument in request.Args)
        {
            Require("args", argument, LongestString);
        }

        foreach (var (name, value) in request.Environment)
        {
            Promise.Require(name.Length > 0 && !name.Contains('='), $"{name} is no name of a variable");
            Promise.Require(name != TaskEnvironment.IdVariable, "levityd's own variable");
            Require("environment", $"{name}={value}", LongestString);
        }

        Require("request_key", request.RequestKey, 128);
        Promise.Require(!request.HasRequestKey || request.RequestKey.Length > 0, "an empty key");
        Promise.Require(!request.RequestKey.Any(char.IsControl), "a control character in a key");

        Promise.Require(!request.HasName || TaskName.TryParse(request.Name, out _), "no name");
        Promise.Require(request.Labels.Values.All(value => !value.Any(char.IsControl)), "a control character in a label");

        // What was let through can be sent to the supervisor, with nothing of it missing.
        var start = new TaskEnvironment("/", "nobody").Prepare(TaskId.New(), request);
        Promise.Require(start.Argv.Count == request.Args.Count + 1, "an argument is missing");
        Promise.Require(start.Argv.Concat(start.Environment).All(text => !text.Span.Contains((byte)0)), "a NUL for execve");
    }

    private static void CheckStream(StreamLogsRequest request)
    {
        RequestValidation.Check(request);
        CheckId(request.TaskId);
        var selection = LogSelection.Of(request);
        Promise.Require(selection.Since < selection.Until || request.Until is null, "nothing is selected");
        Promise.Require(request.Since is null || request.Since.ToDateTimeOffset() >= DateTimeOffset.MinValue, "no time");
    }

    private static void CheckList(ListTasksRequest request)
    {
        RequestValidation.Check(request);
        Promise.Require(request.PageSize >= 0, "a page of less than nothing");
        Promise.Require(
            request.PageToken.Length == 0 || (PageToken.TryParse(request.PageToken, out var place)
                && PageToken.Of(place.Value) == request.PageToken),
            "a token that is none");
    }

    private static void CheckShare(ShareTaskRequest request)
    {
        RequestValidation.Check(request);
        CheckId(request.TaskId);
        Promise.Require(UserName.TryParse(request.User, out _), "nobody's name");
        Promise.Require(request.Read || request.Signal || request.Attach, "nothing is shared");
        Promise.Require(request.ValidFor is null || request.ValidFor.ToTimeSpan() > TimeSpan.Zero, "for no time");
    }

    private static void CheckUnshare(UnshareTaskRequest request)
    {
        RequestValidation.Check(request);
        CheckId(request.TaskId);
        Promise.Require(UserName.TryParse(request.User, out _), "nobody's name");
    }

    private static void CheckId(TaskHandle? handle)
    {
        var id = RequestValidation.RequireId(handle);
        Promise.Require(id.ToString() == handle!.Id, $"{handle.Id} was taken for {id}");
        Promise.Require(Guid.TryParseExact(handle.Id, "D", out _), $"{handle.Id} is no UUID");
    }

    private static void Require(string field, string value, int longest)
    {
        Promise.Require(!value.Contains('\0'), $"{field} has a NUL");
        Promise.Require(Encoding.UTF8.GetByteCount(value) <= longest, $"{field} is longer than {longest}");
    }
}
