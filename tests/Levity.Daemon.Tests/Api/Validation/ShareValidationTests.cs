using Grpc.Core;
using Levity.Daemon.Api.Validation;
using Levity.Protocol;
using Duration = Google.Protobuf.WellKnownTypes.Duration;

namespace Levity.Daemon.Tests.Api.Validation;

public sealed class ShareValidationTests
{
    private const long Longest = 366 * 24 * 3600;

    [Theory]
    [InlineData("b")]
    [InlineData("bob@example.org")]
    [InlineData("0.A_z+-@")]
    public void Each_name_that_a_certificate_can_have_passes(string user)
    {
        RequestValidation.Check(new ShareTaskRequest { User = user, Signal = true });
        RequestValidation.Check(new UnshareTaskRequest { User = user });
    }

    [Theory]
    [InlineData("")]
    [InlineData(" bob")]
    [InlineData("bob\n")]
    [InlineData("bob\0")]
    [InlineData("-bob")]
    [InlineData("bob/../alice")]
    [InlineData("b\u00f6b")]
    [InlineData("b\u043eb")]
    [InlineData("bob,alice")]
    [InlineData("*")]
    public void A_name_that_no_certificate_can_have_is_refused(string user)
    {
        AssertRefused("user", () => RequestValidation.Check(new ShareTaskRequest { User = user, Read = true }));
        AssertRefused("user", () => RequestValidation.Check(new UnshareTaskRequest { User = user }));
    }

    [Fact]
    public void The_longest_name_passes_and_a_longer_one_does_not()
    {
        RequestValidation.Check(new ShareTaskRequest { User = new string('a', 64), Read = true });

        AssertRefused(
            "user", () => RequestValidation.Check(new ShareTaskRequest { User = new string('a', 65), Read = true }));
    }

    [Fact]
    public void A_share_of_nothing_is_refused() =>
        AssertRefused("read", () => RequestValidation.Check(new ShareTaskRequest { User = "bob" }));

    [Theory]
    [InlineData(true, false, false)]
    [InlineData(false, true, false)]
    [InlineData(false, false, true)]
    public void One_thing_is_enough(bool read, bool signal, bool attach) =>
        RequestValidation.Check(new ShareTaskRequest { User = "bob", Read = read, Signal = signal, Attach = attach });

    [Fact]
    public void Neither_the_owner_nor_who_shares_in_their_place_is_given_a_share()
    {
        RequestValidation.CheckGrantee("bob", owner: "alice", caller: "alice");
        RequestValidation.CheckGrantee("Alice", owner: "alice", caller: "alice");

        AssertRefused("user", () => RequestValidation.CheckGrantee("alice", owner: "alice", caller: "alice"), "alice owns the task");
        AssertRefused("user", () => RequestValidation.CheckGrantee("alice", owner: "alice", caller: "root"), "alice owns the task");
        AssertRefused("user", () => RequestValidation.CheckGrantee("root", owner: "alice", caller: "root"), "root is yourself");
    }

    [Theory]
    [InlineData(0, 100)]
    [InlineData(1, 0)]
    [InlineData(3600, 999_999_999)]
    [InlineData(Longest - 1, 999_999_999)]
    [InlineData(Longest, 0)]
    public void A_time_that_can_be_counted_passes(long seconds, int nanos) => RequestValidation.Check(For(seconds, nanos));

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 1)]
    [InlineData(0, 99)]
    [InlineData(-1, 0)]
    [InlineData(0, -1)]
    [InlineData(1, -1)]
    [InlineData(-1, 1)]
    [InlineData(-1, -1)]
    [InlineData(1, 1_000_000_000)]
    [InlineData(1, int.MaxValue)]
    [InlineData(1, int.MinValue)]
    [InlineData(Longest, 1)]
    [InlineData(Longest + 1, 0)]
    [InlineData(315_576_000_001, 0)]
    [InlineData(long.MaxValue, 0)]
    [InlineData(long.MinValue, 0)]
    [InlineData(long.MaxValue, int.MaxValue)]
    public void A_time_that_is_none_or_too_long_is_refused(long seconds, int nanos) =>
        AssertRefused("valid_for", () => RequestValidation.Check(For(seconds, nanos)));

    private static ShareTaskRequest For(long seconds, int nanos) =>
        new() { User = "bob", Read = true, ValidFor = new Duration { Seconds = seconds, Nanos = nanos } };

    private static void AssertRefused(string field, Action check, string problem = "")
    {
        var refusal = Assert.Throws<RpcException>(check);
        Assert.Equal(StatusCode.InvalidArgument, refusal.StatusCode);
        Assert.StartsWith($"{field}: {problem}", refusal.Status.Detail, StringComparison.Ordinal);
        Assert.Matches(": .{8,}", refusal.Status.Detail);
        Assert.DoesNotContain(refusal.Status.Detail, char.IsControl);
    }
}
