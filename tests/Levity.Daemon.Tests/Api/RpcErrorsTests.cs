using CsCheck;
using Grpc.Core;
using Levity.Daemon.Api;
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
    [InlineData("Internal", StatusCode.Internal, "ENOENT '/x'")]
    [InlineData("Unspecified", StatusCode.Internal, "ENOENT '/x'")]
    public void Why_a_start_failed_has_a_status_of_its_own(string kind, StatusCode code, string message)
    {
        var failure = new Failure { Kind = Enum.Parse<Failure.Types.Kind>(kind), Message = "ENOENT '/x'" };

        var e = RpcErrors.StartFailed(failure);

        Assert.Equal(new Status(code, message), e.Status);
    }
}
