using System.CommandLine;
using Levity.Daemon.Hosting;
using Levity.Daemon.Security.Admission;

namespace Levity.Daemon.Tests.Hosting;

/// <summary>levityd's options about connections.</summary>
public sealed class ConnectionOptionsTests
{
    [Fact]
    public void Without_a_word_there_are_limits() => Assert.Equal(new ConnectionLimits(), Parse());

    [Fact]
    public void Each_can_be_another()
    {
        var limits = Parse(
            "--connections", "10", "--connections-per-address", "9", "--handshakes", "8", "--handshakes-per-address", "7",
            "--handshake-timeout", "6s");

        Assert.Equal(
            new ConnectionLimits
            {
                Connections = 10,
                PerAddress = 9,
                Handshakes = 8,
                HandshakesPerAddress = 7,
                HandshakeTimeout = TimeSpan.FromSeconds(6),
            },
            limits);
    }

    [Fact]
    public void Those_of_an_address_can_be_off()
    {
        var limits = Parse("--connections-per-address", "off", "--handshakes-per-address", "off");

        Assert.Null(limits.PerAddress);
        Assert.Null(limits.HandshakesPerAddress);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(7, "--refusal-records", "7")]
    [InlineData(null, "--refusal-records", "all")]
    public void How_many_refused_ones_are_on_record_each_is_a_number_or_all(int? expected, params string[] arguments) =>
        Assert.Equal(expected, ParseAll(arguments).RefusalRecords);

    [Theory]
    [InlineData("--refusal-records", "off")]
    [InlineData("--refusal-records", "0")]
    [InlineData("--refusal-records", "All")]
    [InlineData("--handshakes-per-address", "all")]
    [InlineData("--connections", "off")]
    [InlineData("--handshakes", "off")]
    [InlineData("--connections", "0")]
    [InlineData("--connections-per-address", "0")]
    [InlineData("--handshakes", "-1")]
    [InlineData("--handshakes", "1000001")]
    [InlineData("--handshakes-per-address", "99999999999")]
    [InlineData("--handshakes-per-address", "Off")]
    [InlineData("--connections", "1.5")]
    [InlineData("--connections", " 5")]
    [InlineData("--connections", "5k")]
    [InlineData("--connections", "")]
    public void A_limit_that_is_none_is_refused(string option, string text) =>
        AssertRefused($"'{text}' is no limit for {option}: write a number from 1 to 1000000", option, text);

    [Theory]
    [InlineData("")]
    [InlineData("off")]
    [InlineData("0s")]
    [InlineData("999ms")]
    [InlineData("5m1s")]
    [InlineData("10")]
    [InlineData("-10s")]
    public void A_timeout_of_handshakes_that_is_none_is_refused(string text) => AssertRefused(
        $"'{text}' is not how long a handshake may take: write it like 10s (1s to 5m)", "--handshake-timeout", text);

    private static ConnectionLimits Parse(params string[] arguments) => ParseAll(arguments).Connections;

    private static DaemonOptions ParseAll(params string[] arguments)
    {
        DaemonOptions? all = null;
        var parsed = Command(options => all = options).Parse(["-c", "c", "-k", "k", "--client-ca", "a", .. arguments]);
        Assert.Empty(parsed.Errors);
        parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        return all!;
    }

    private static void AssertRefused(string message, string option, string text) => Assert.Contains(
        Command(_ => { }).Parse(["-c", "c", "-k", "k", "--client-ca", "a", option, text]).Errors,
        error => error.Message.StartsWith(message, StringComparison.Ordinal));

    private static RootCommand Command(Action<DaemonOptions> run) => DaemonCommand.Create((options, _) =>
    {
        run(options);
        return Task.FromResult(0);
    });
}
