using Grpc.Core;
using Levity.Daemon.Api.Validation;
using Levity.Protocol;
using Timestamp = Google.Protobuf.WellKnownTypes.Timestamp;

namespace Levity.Daemon.Tests.Api.Validation;

public sealed class RequestValidationTests
{
    private const int LongestString = 131_071;
    private const string Secret = "hunter2-Straße";

    [Fact]
    public void A_request_with_all_that_is_possible_passes() =>
        RequestValidation.Check(new StartTaskRequest
        {
            Binary = "./tööl --not-an-option",
            Args = { "", "a b", "\n\t\x1b[31m", "=", "😀" },
            WorkingDir = "/",
            Environment = { ["lower.case-1"] = "", ["PATH"] = "A=B\n", ["ü"] = "=" },
        });

    [Fact]
    public void The_command_is_all_that_must_be_given() =>
        RequestValidation.Check(new StartTaskRequest { Binary = "true" });

    [Fact]
    public void A_request_without_a_command_is_refused() => AssertRefused("binary", new StartTaskRequest());

    [Theory]
    [InlineData("\0")]
    [InlineData("true\0")]
    [InlineData("/bin/\0true")]
    public void A_command_with_a_NUL_is_refused(string binary) =>
        AssertRefused("binary", new StartTaskRequest { Binary = binary });

    [Fact]
    public void An_argument_with_a_NUL_is_refused_by_its_number() =>
        AssertRefused("args[2]", new StartTaskRequest { Binary = "true", Args = { "a", "b", "c\0d" } });

    [Theory]
    [InlineData("")]
    [InlineData("/tmp\0")]
    [InlineData("tmp")]
    [InlineData("./tmp")]
    [InlineData("~")]
    [InlineData(" /tmp")]
    public void A_working_directory_that_is_no_absolute_path_is_refused(string directory) =>
        AssertRefused("working_dir", new StartTaskRequest { Binary = "true", WorkingDir = directory });

    [Theory]
    [InlineData("")]
    [InlineData("A=B")]
    [InlineData("=")]
    [InlineData("A\0")]
    [InlineData("LEVITY_TASK_ID")]
    public void A_variable_without_a_proper_name_is_refused(string name) =>
        AssertRefused("environment", new StartTaskRequest { Binary = "true", Environment = { [name] = Secret } });

    [Theory]
    [InlineData("a")]
    [InlineData("nightly 2026-11-25 / é😀 \u202e")]
    public void A_key_may_be_any_short_text(string key) =>
        RequestValidation.Check(new StartTaskRequest { Binary = "true", RequestKey = key });

    [Theory]
    [InlineData("")]
    [InlineData("\0")]
    [InlineData("a\n")]
    [InlineData("\t")]
    [InlineData("\u007f")]
    [InlineData("\u0085")]
    public void A_key_that_is_empty_or_has_a_control_character_is_refused(string key) =>
        AssertRefused("request_key", new StartTaskRequest { Binary = "true", RequestKey = key });

    [Theory]
    [InlineData("a", 128, 129)]
    [InlineData("é", 64, 65)]
    [InlineData("😀", 32, 33)]
    public void A_key_has_at_most_128_bytes(string character, int passing, int failing)
    {
        RequestValidation.Check(new StartTaskRequest { Binary = "true", RequestKey = Repeat(character, passing) });

        var message = AssertRefused(
            "request_key", new StartTaskRequest { Binary = "true", RequestKey = Repeat(character, failing) });
        Assert.Contains("128", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_variable_with_a_NUL_in_its_value_is_refused_by_its_name_and_without_its_value()
    {
        var message = AssertRefused(
            "environment", new StartTaskRequest { Binary = "true", Environment = { ["TOKEN"] = Secret + "\0" } });

        Assert.Contains("TOKEN", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a", 131_071, 131_072)]
    [InlineData("é", 65_535, 65_536)]
    [InlineData("日", 43_690, 43_691)]
    public void An_argument_may_have_as_many_bytes_as_execve_takes(string character, int passing, int failing)
    {
        RequestValidation.Check(new StartTaskRequest { Binary = "true", Args = { Repeat(character, passing) } });

        var message = AssertRefused(
            "args[0]", new StartTaskRequest { Binary = "true", Args = { Repeat(character, failing) } });
        Assert.Contains($"{LongestString}", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a", 4_095, 4_096)]
    [InlineData("é", 2_047, 2_048)]
    [InlineData("日", 1_365, 1_366)]
    public void A_path_may_have_as_many_bytes_as_the_kernel_takes(string character, int passing, int failing)
    {
        RequestValidation.Check(new StartTaskRequest { Binary = Repeat(character, passing) });

        AssertRefused("binary", new StartTaskRequest { Binary = Repeat(character, failing) });
        AssertRefused(
            "working_dir", new StartTaskRequest { Binary = "true", WorkingDir = "/" + Repeat(character, failing) });
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1_000)]
    [InlineData(65_535)]
    [InlineData(131_060)]
    [InlineData(131_069)]
    [InlineData(131_070)]
    public void A_variables_name_equals_sign_and_value_share_the_limit_of_one_string(int nameLength)
    {
        var name = Repeat("N", nameLength);
        var longest = Repeat("v", LongestString - 1 - nameLength);

        RequestValidation.Check(new StartTaskRequest { Binary = "true", Environment = { [name] = longest } });

        AssertRefused(
            "environment", new StartTaskRequest { Binary = "true", Environment = { [name] = longest + "v" } });
    }

    [Theory]
    [InlineData(131_071)]
    [InlineData(131_072)]
    [InlineData(500_000)]
    public void A_variables_name_must_leave_room_for_its_equals_sign(int nameLength) =>
        AssertRefused(
            "environment", new StartTaskRequest { Binary = "true", Environment = { [Repeat("N", nameLength)] = "" } });

    [Fact]
    public void No_refusal_repeats_a_variables_value()
    {
        StartTaskRequest[] requests =
        [
            new() { Binary = "true", Environment = { ["A"] = Secret + "\0" } },
            new() { Binary = "true", Environment = { ["A"] = Secret + Repeat("v", LongestString) } },
            new() { Binary = "true", Environment = { ["LEVITY_TASK_ID"] = Secret } },
            new() { Binary = "", Environment = { ["A"] = Secret } },
            new() { Binary = "true", WorkingDir = "x", Environment = { ["A"] = Secret } },
        ];

        Assert.All(requests, request => Assert.DoesNotContain("hunter2", Refusal(request), StringComparison.Ordinal));
    }

    [Fact]
    public void What_is_repeated_of_a_request_cannot_forge_a_line_of_a_log()
    {
        var message = Refusal(new StartTaskRequest { Binary = "true", Environment = { ["A=\n\x1b[2J\u202e"] = "" } });

        Assert.DoesNotContain(message, character => character is < ' ' or > '~');
    }

    [Fact]
    public void A_handle_must_be_there()
    {
        var e = Assert.Throws<RpcException>(() => RequestValidation.RequireId(null));

        Assert.Equal(StatusCode.InvalidArgument, e.StatusCode);
        Assert.StartsWith("task_id:", e.Status.Detail, StringComparison.Ordinal);
        Assert.Matches(": .{8,}", e.Status.Detail);
    }

    [Theory]
    [InlineData("")]
    [InlineData("../x")]
    [InlineData("a/b")]
    [InlineData(".")]
    [InlineData("%2e%2e")]
    [InlineData("d85b1407-351d-4694-9392-03acc5870eb\0")]
    [InlineData("D85B1407-351D-4694-9392-03ACC5870EB1")]
    [InlineData("{d85b1407-351d-4694-9392-03acc5870eb1}")]
    [InlineData("d85b1407-351d-4694-9392-03acc5870eb1\n")]
    [InlineData("d85b1407∕351d-4694-9392-03acc5870eb1")]
    public void What_is_no_id_is_refused(string id)
    {
        var e = Assert.Throws<RpcException>(() => RequestValidation.RequireId(new TaskHandle { Id = id }));

        Assert.Equal(StatusCode.InvalidArgument, e.StatusCode);
        Assert.StartsWith("task_id.id:", e.Status.Detail, StringComparison.Ordinal);
        Assert.Matches(": .{8,}", e.Status.Detail);
    }

    [Fact]
    public void An_id_of_ten_thousand_characters_is_not_sent_back()
    {
        var e = Assert.Throws<RpcException>(
            () => RequestValidation.RequireId(new TaskHandle { Id = Repeat("a", 10_000) }));

        Assert.True(e.Status.Detail.Length < 300);
    }

    [Fact]
    public void The_id_of_a_handle_is_read()
    {
        var id = TaskId.New();

        Assert.Equal(id, RequestValidation.RequireId(new TaskHandle { Id = id.ToString() }));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(-1)]
    [InlineData(int.MaxValue)]
    public void A_stream_that_does_not_exist_is_refused(int stream)
    {
        var e = Assert.Throws<RpcException>(
            () => RequestValidation.Check(new StreamLogsRequest { Stream = (LogStream)stream }));

        Assert.Equal(StatusCode.InvalidArgument, e.StatusCode);
        Assert.StartsWith("stream:", e.Status.Detail, StringComparison.Ordinal);
        Assert.Matches(": .{8,}", e.Status.Detail);
    }

    [Theory]
    [InlineData(-62_135_596_801, 0)]
    [InlineData(253_402_300_800, 0)]
    [InlineData(long.MaxValue, 0)]
    [InlineData(long.MinValue, 0)]
    [InlineData(0, -1)]
    [InlineData(0, 1_000_000_000)]
    public void A_time_that_is_none_is_refused(long seconds, int nanos)
    {
        var time = new Timestamp { Seconds = seconds, Nanos = nanos };

        AssertRefused("since", new StreamLogsRequest { Since = time });
        AssertRefused("until", new StreamLogsRequest { Until = time });
    }

    [Fact]
    public void What_excludes_each_other_is_refused()
    {
        var (early, late) = (new Timestamp { Seconds = 1 }, new Timestamp { Seconds = 2 });

        AssertRefused("until", new StreamLogsRequest { Until = late, Follow = true });
        AssertRefused("until", new StreamLogsRequest { Since = late, Until = early });
        AssertRefused("until", new StreamLogsRequest { Since = late, Until = late });
        AssertRefused("tail_lines", new StreamLogsRequest { TailLines = 0, Cursor = 1 });
    }

    [Fact]
    public void All_that_goes_together_passes()
    {
        var (early, late) = (new Timestamp { Seconds = -62_135_596_800 }, new Timestamp { Seconds = 253_402_300_799, Nanos = 999_999_999 });

        RequestValidation.Check(new StreamLogsRequest { Since = early, Until = late, TailLines = ulong.MaxValue });
        RequestValidation.Check(new StreamLogsRequest { Since = early, Until = late, Cursor = ulong.MaxValue });
        RequestValidation.Check(new StreamLogsRequest { Since = late, TailLines = 0, Follow = true });
    }

    [Fact]
    public void Both_streams_and_each_of_them_can_be_asked_for() =>
        Assert.All(
            Enum.GetValues<LogStream>(), stream => RequestValidation.Check(new StreamLogsRequest { Stream = stream }));

    private static string Repeat(string text, int times) => string.Concat(Enumerable.Repeat(text, times));

    private static string Refusal(StartTaskRequest request)
    {
        var e = Assert.Throws<RpcException>(() => RequestValidation.Check(request));

        Assert.Equal(StatusCode.InvalidArgument, e.StatusCode);
        return e.Status.Detail;
    }

    private static void AssertRefused(string field, StreamLogsRequest request)
    {
        var e = Assert.Throws<RpcException>(() => RequestValidation.Check(request));

        Assert.Equal(StatusCode.InvalidArgument, e.StatusCode);
        Assert.StartsWith($"{field}: ", e.Status.Detail, StringComparison.Ordinal);
        Assert.Matches(": .{8,}", e.Status.Detail);
    }

    private static string AssertRefused(string field, StartTaskRequest request)
    {
        var message = Refusal(request);

        Assert.StartsWith(field, message, StringComparison.Ordinal);
        Assert.Matches(": .{8,}", message);
        Assert.DoesNotContain(Secret, message, StringComparison.Ordinal);
        Assert.True(message.Length < 500);
        return message;
    }
}
