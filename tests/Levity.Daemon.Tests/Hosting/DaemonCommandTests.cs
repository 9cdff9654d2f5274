using System.CommandLine;
using Levity.Daemon.Hosting;
using Levity.Daemon.Security.Trust;

namespace Levity.Daemon.Tests.Hosting;

public sealed class DaemonCommandTests
{
    private static readonly string[] Required = ["--certificate", "c.pem", "--key", "k.pem", "--client-ca", "ca.pem"];

    [Fact]
    public void The_files_are_all_that_must_be_given()
    {
        var options = Parse();

        Assert.Equal(("c.pem", "k.pem", "ca.pem"), (options.CertificateFile, options.KeyFile, options.ClientCaFile));
        Assert.Equal("127.0.0.1:4321", options.Address.ToString());
        Assert.Equal(TimeSpan.FromSeconds(5), options.Grace);
        Assert.Equal(TimeSpan.FromMinutes(1), options.ReaderTimeout);
        Assert.Equal(1ul << 30, options.LogQuota);
        Assert.Equal(TimeSpan.FromDays(7), options.InactivityTimeout);
        Assert.Equal("levity-supervisor", Path.GetFileName(options.SupervisorProgram));
        Assert.True(Path.IsPathRooted(options.SupervisorProgram));
        Assert.Equal("levity", Path.GetFileName(options.StateDirectory));
        Assert.True(Path.IsPathRooted(options.StateDirectory));
    }

    [Fact]
    public void The_short_forms_are_the_documented_ones()
    {
        var options = Parse(["-c", "c", "-k", "k", "--client-ca", "ca"]);

        Assert.Equal(("c", "k"), (options.CertificateFile, options.KeyFile));
    }

    [Fact]
    public void All_that_is_given_counts()
    {
        var options = Parse([.. Required, "[::1]:1", "--state-dir", "/s", "--grace", "1m30s", "--supervisor", "/x/y"]);

        Assert.Equal("[::1]:1", options.Address.ToString());
        Assert.Equal(("/s", "/x/y"), (options.StateDirectory, options.SupervisorProgram));
        Assert.Equal(TimeSpan.FromSeconds(90), options.Grace);
    }

    [Fact]
    public void The_supervisor_can_be_somebody_elses_business() =>
        Assert.Null(Parse([.. Required, "--supervisor", "off"]).SupervisorProgram);

    [Theory]
    [InlineData(new string[0], Lapses.None)]
    [InlineData(new[] { "--stop-tasks-of", "revoked" }, Lapses.Revoked)]
    [InlineData(new[] { "--stop-tasks-of", "expired" }, Lapses.Expired)]
    [InlineData(new[] { "--stop-tasks-of", "expired", "--stop-tasks-of", "revoked" }, Lapses.Revoked | Lapses.Expired)]
    internal void Tasks_are_stopped_with_their_certificates_when_that_is_asked_for(string[] given, Lapses expected) =>
        Assert.Equal(expected, Parse([.. Required, .. given]).StopTasksOf);

    [Theory]
    [InlineData("")]
    [InlineData("Revoked")]
    [InlineData("revoked,expired")]
    [InlineData("3")]
    public void Certificates_lapse_in_two_ways_and_no_others(string way) =>
        AssertRefused($"'{way}' is neither revoked nor expired", [.. Required, "--stop-tasks-of", way]);

    [Theory]
    [InlineData("127.0.0.1:4321", "127.0.0.1:4321")]
    [InlineData("0.0.0.0:1", "0.0.0.0:1")]
    [InlineData("10.1.2.3:65535", "10.1.2.3:65535")]
    [InlineData("127.0.0.1:0", "127.0.0.1:0")]
    [InlineData("[::1]:4321", "[::1]:4321")]
    [InlineData("[::]:443", "[::]:443")]
    [InlineData("[::]:0", "[::]:0")]
    [InlineData("localhost:4321", "127.0.0.1:4321")]
    public void An_address_is_an_IP_address_and_a_port(string text, string expected) =>
        Assert.Equal(expected, Parse([.. Required, text]).Address.ToString());

    [Theory]
    [InlineData("")]
    [InlineData("4321")]
    [InlineData(":4321")]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1:")]
    [InlineData("127.0.0.1:65536")]
    [InlineData("127.0.0.1:-1")]
    [InlineData("127.0.0.1:4321 ")]
    [InlineData("127.0.0.256:1")]
    [InlineData("::1")]
    [InlineData("::1:4321")]
    [InlineData("::0")]
    [InlineData("fe80::0")]
    [InlineData("[::1]")]
    [InlineData("[::1")]
    [InlineData("localhost")]
    [InlineData("localhost:")]
    [InlineData("example.org:4321")]
    [InlineData("https://127.0.0.1:4321")]
    public void Nothing_else_is_an_address(string text) =>
        AssertRefused($"'{text}' is not an address", [.. Required, text]);

    [Theory]
    [InlineData("5")]
    [InlineData("")]
    [InlineData("5 s")]
    [InlineData("soon")]
    [InlineData("9000h")]
    public void A_grace_that_is_no_duration_is_refused(string text) =>
        AssertRefused($"'{text}' is not a duration", [.. Required, "--grace", text]);

    [Theory]
    [InlineData("off", Timeout.Infinite)]
    [InlineData("1ms", 1)]
    [InlineData("2m30s", 150_000)]
    [InlineData("500h", 1_800_000_000)]
    public void A_reader_timeout_is_a_duration_or_off(string text, int milliseconds) => Assert.Equal(
        TimeSpan.FromMilliseconds(milliseconds), Parse([.. Required, "--reader-timeout", text]).ReaderTimeout);

    [Theory]
    [InlineData("0")]
    [InlineData("0s")]
    [InlineData("-1s")]
    [InlineData("999us")]
    [InlineData("5")]
    [InlineData("")]
    [InlineData("Off")]
    [InlineData("never")]
    [InlineData("1000h1ms")]
    [InlineData("9000h")]
    public void A_reader_timeout_that_is_neither_is_refused(string text) =>
        AssertRefused($"'{text}' is not how long a client may take", [.. Required, "--reader-timeout", text]);

    [Theory]
    [InlineData("1ms", 1)]
    [InlineData("90m", 90 * 60 * 1000)]
    [InlineData("off", Timeout.Infinite)]
    public void An_inactivity_timeout_is_a_duration_or_off(string text, long milliseconds) => Assert.Equal(
        TimeSpan.FromMilliseconds(milliseconds), Parse([.. Required, "--inactivity-timeout", text]).InactivityTimeout);

    [Theory]
    [InlineData("0")]
    [InlineData("-1s")]
    [InlineData("999us")]
    [InlineData("7")]
    [InlineData("7d")]
    [InlineData("10000h")]
    [InlineData("OFF")]
    [InlineData("")]
    public void Nothing_else_is_an_inactivity_timeout(string text) => AssertRefused(
        $"'{text}' is not how long a task may be forgotten", [.. Required, "--inactivity-timeout", text]);

    [Fact]
    public void Tasks_run_as_levityds_own_user_unless_an_account_is_named()
    {
        Assert.Null(Parse().Accounts.Default);
        Assert.Equal("root", Parse([.. Required, "--run-as", "root"]).Accounts.Default);
    }

    [Theory]
    [InlineData("no-such-account")]
    [InlineData("")]
    [InlineData("root ")]
    [InlineData("0")]
    public void Nothing_but_a_login_name_is_an_account(string text) =>
        AssertRefused($"there is no account '{text}' on this machine", [.. Required, "--run-as", text]);

    [Theory]
    [InlineData("1M", 1ul << 20)]
    [InlineData("2G", 2ul << 30)]
    [InlineData("off", 0ul)]
    public void A_log_quota_is_a_size_or_off(string text, ulong expected) =>
        Assert.Equal(expected, Parse([.. Required, "--log-quota", text]).LogQuota);

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("1023K")]
    [InlineData("OFF")]
    [InlineData("plenty")]
    [InlineData("9E")]
    public void A_log_quota_that_is_no_size_or_too_small_is_refused(string text) =>
        AssertRefused($"'{text}' is no size of at least 1M", [.. Required, "--log-quota", text]);

    [Theory]
    [InlineData("--certificate")]
    [InlineData("--key")]
    [InlineData("--client-ca")]
    public void Each_file_must_be_given(string option)
    {
        var at = Array.IndexOf(Required, option);

        AssertRefused(option, [.. Required[..at], .. Required[(at + 2)..]]);
        AssertRefused(option, [.. Required[..at], .. Required[(at + 2)..], option]);
    }

    [Theory]
    [InlineData("--no-such-option")]
    [InlineData("-x")]
    [InlineData("--grce=5s")]
    public void An_option_that_does_not_exist_is_refused(string option) => AssertRefused(option, [.. Required, option]);

    [Fact]
    public void A_second_address_is_refused() =>
        AssertRefused("127.0.0.1:2", [.. Required, "127.0.0.1:1", "127.0.0.1:2"]);

    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    [InlineData("--version")]
    public void Help_needs_no_files(string option) => Assert.Empty(Command().Parse(option).Errors);

    private static RootCommand Command(Action<DaemonOptions>? run = null) => DaemonCommand.Create((options, _) =>
    {
        run?.Invoke(options);
        return Task.FromResult(0);
    });

    private static DaemonOptions Parse(string[]? arguments = null)
    {
        DaemonOptions? options = null;
        var parsed = Command(given => options = given).Parse(arguments ?? Required);
        Assert.Empty(parsed.Errors);
        Assert.Equal(0, parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false }));
        return options!;
    }

    private static void AssertRefused(string part, string[] arguments)
    {
        var errors = Command().Parse(arguments).Errors;

        Assert.Contains(errors, error => error.Message.Contains(part, StringComparison.Ordinal));
    }
}
