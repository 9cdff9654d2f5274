using CsCheck;
using Grpc.Core;
using Levity.Daemon.Api;
using Levity.Daemon.Tasks;
using Levity.Protocol.Supervisor;

namespace Levity.Daemon.Tests.Api;

public sealed class RpcErrorsTests
{
    [Theory]
    [InlineData("", "''")]
    [InlineData("plain text ~", "'plain text ~'")]
    [InlineData("a\nb", @"'a\u000ab'")]
    [InlineData("\x1b[31m", @"'\u001b[31m'")]
    [InlineData("\0", @"'\u0000'")]
    [InlineData("\x7f", @"'\u007f'")]
    [InlineData("é", @"'\u00e9'")]
    [InlineData("\u202e", @"'\u202e'")]
    [InlineData("😀", @"'\ud83d\ude00'")]
    public void What_is_quoted_is_plain_text(string text, string expected) =>
        Assert.Equal(expected, RpcErrors.Quote(text));

    [Fact]
    public void What_is_quoted_is_short_and_says_how_long_it_was()
    {
        Assert.Equal($"'{new string('a', 64)}'", RpcErrors.Quote(new string('a', 64)));
        Assert.Equal($"'{new string('a', 64)}…' (65 characters)", RpcErrors.Quote(new string('a', 65)));
        Assert.True(RpcErrors.Quote(new string('\n', 1_000_000)).Length < 500);
    }

    [Fact]
    public void Nothing_that_is_quoted_has_a_control_character_or_a_look_alike() =>
        Gen.String.Sample(text => RpcErrors.Quote(text).All(character => character is (>= ' ' and <= '~') or '…'));

    [Theory]
    [InlineData("Command", StatusCode.FailedPrecondition, "binary: ENOENT '/x'")]
    [InlineData("WorkingDir", StatusCode.FailedPrecondition, "working_dir: ENOENT '/x'")]
    [InlineData("TooBig", StatusCode.InvalidArgument, "args: ENOENT '/x'")]
    [InlineData("Resources", StatusCode.ResourceExhausted, "ENOENT '/x'")]
    [InlineData("Version", StatusCode.FailedPrecondition, "ENOENT '/x'")]
    [InlineData("Internal", StatusCode.Internal, "ENOENT '/x'")]
    [InlineData("Unspecified", StatusCode.Internal, "ENOENT '/x'")]
    public void Why_a_start_failed_has_a_status_of_its_own(string kind, StatusCode code, string message)
    {
        var failure = new Failure { Kind = Enum.Parse<Failure.Types.Kind>(kind), Message = "ENOENT '/x'" };

        var e = RpcErrors.StartFailed(failure);

        Assert.Equal(new Status(code, message), e.Status);
    }

    [Fact]
    public void An_account_that_is_not_there_is_the_operators_to_mend()
    {
        var status = RpcErrors.NoAccount("there is no account 'x'").Status;

        Assert.Equal(StatusCode.FailedPrecondition, status.StatusCode);
        Assert.StartsWith("there is no account 'x': ", status.Detail, StringComparison.Ordinal);
        Assert.Contains("operator", status.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("RunningTasks", "running-tasks", "wait until one is over, or stop one (levity signal)")]
    [InlineData("StartsPerMinute", "starts-per-minute", "try again in 12.5s")]
    [InlineData("LogBytes", "log-bytes", "remove tasks that are over (levity rm)")]
    [InlineData("OpenStreams", "open-streams", "end one")]
    public void Each_limit_is_told_with_its_key_its_value_and_what_to_do(string limit, string key, string remedy)
    {
        var over = new OverLimit("alice", Enum.Parse<UserLimit>(limit), 5, 7, TimeSpan.FromSeconds(12.5));

        Assert.Equal(
            new Status(
                StatusCode.ResourceExhausted, $"{key}: the limit of alice is 5, and there are 7: {remedy}"),
            RpcErrors.OverLimit(over).Status);
    }
}
