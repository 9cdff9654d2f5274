using CsCheck;
using Google.Protobuf;
using Grpc.Core;
using Levity.Daemon.Api.Validation;
using Levity.Daemon.Tests.Fakes;
using Levity.Protocol;
using Duration = Google.Protobuf.WellKnownTypes.Duration;
using Timestamp = Google.Protobuf.WellKnownTypes.Timestamp;

namespace Levity.Daemon.Tests.Api.Validation;

/// <summary>Requests of random bytes, near to good ones: each is refused with a field's name, or is in order.</summary>
public sealed class HostileRequestTests
{
    private static readonly byte[] Start = new StartTaskRequest
    {
        Binary = "tööl",
        Args = { "", "a b" },
        WorkingDir = "/tmp",
        Environment = { ["A"] = "b", ["PATH"] = "=" },
        RequestKey = "key",
    }.ToByteArray();

    private static readonly byte[] Stream = new StreamLogsRequest
    {
        TaskId = new TaskHandle { Id = "00000000-0000-4000-8000-000000000000" },
        Stream = LogStream.Stderr,
        Since = new Timestamp { Seconds = 1, Nanos = 2 },
        Until = new Timestamp { Seconds = 3 },
        TailLines = 4,
    }.ToByteArray();

    private static readonly byte[] Share = new ShareTaskRequest
    {
        TaskId = new TaskHandle { Id = "00000000-0000-4000-8000-000000000000" },
        User = "bob",
        Read = true,
        ValidFor = new Duration { Seconds = 366 * 24 * 3600 - 1, Nanos = 999_999_999 },
    }.ToByteArray();

    [Fact]
    public void A_start_is_refused_by_a_fields_name_or_can_be_executed() => Sample(
        StartTaskRequest.Parser,
        Start,
        request =>
        {
            RequestValidation.Check(request);
            return request.Binary.Length > 0
                && (!request.HasWorkingDir || request.WorkingDir.StartsWith('/'))
                && request.Environment.Keys.All(name => name.Length > 0 && !name.Contains('='))
                && !request.Args.Concat(request.Environment.Keys).Concat(request.Environment.Values)
                    .Append(request.Binary).Append(request.WorkingDir).Append(request.RequestKey)
                    .Any(text => text.Contains('\0'));
        });

    [Fact]
    public void A_stream_is_refused_by_a_fields_name_or_has_an_id_and_times_that_are_times() => Sample(
        StreamLogsRequest.Parser,
        Stream,
        request =>
        {
            var id = RequestValidation.RequireId(request.TaskId);
            RequestValidation.Check(request);
            return id.ToString() == request.TaskId.Id
                && (request.Since?.ToDateTimeOffset() ?? default) <= DateTimeOffset.MaxValue
                && (request.Until?.ToDateTimeOffset() ?? default) <= DateTimeOffset.MaxValue;
        });

    [Fact]
    public void A_share_is_refused_by_a_fields_name_or_gives_something_to_somebody_for_a_time_that_can_be_counted() => Sample(
        ShareTaskRequest.Parser,
        Share,
        request =>
        {
            RequestValidation.Check(request);
            return UserName.TryParse(request.User, out _)
                && (request.Read || request.Signal || request.Attach)
                && (request.ValidFor?.ToTimeSpan() ?? TimeSpan.FromDays(366)) is var time
                && time > TimeSpan.Zero && time <= TimeSpan.FromDays(366);
        });

    private static void Sample<T>(MessageParser<T> parser, byte[] seed, Func<T, bool> isInOrder)
        where T : IMessage<T> =>
        Mutations.Of(seed).Sample(
            bytes =>
            {
                try
                {
                    return isInOrder(parser.ParseFrom(bytes));
                }
                catch (InvalidProtocolBufferException)
                {
                    return true;
                }
                catch (RpcException e)
                {
                    return e.StatusCode == StatusCode.InvalidArgument
                        && e.Status.Detail.Length < 500 && !e.Status.Detail.Any(char.IsControl);
                }
            },
            iter: 20_000,
            threads: 1);
}
