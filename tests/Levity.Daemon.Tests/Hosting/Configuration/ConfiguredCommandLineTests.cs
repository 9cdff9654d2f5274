using System.CommandLine;
using Levity.Daemon.Hosting;
using Levity.Daemon.Hosting.Configuration;
using Levity.Daemon.Tasks;

namespace Levity.Daemon.Tests.Hosting.Configuration;

/// <summary>levityd --config FILE, and levityd config check.</summary>
public sealed class ConfiguredCommandLineTests : IDisposable
{
    private const string Files = """
        certificate = "c.pem"
        key = "k.pem"
        client-ca = "ca.pem"

        """;

    private readonly TemporaryDirectory _directory = new();

    private string ConfigFile => _directory["levityd.toml"];

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void What_could_stand_on_the_command_line_can_stand_in_the_file()
    {
        Write(Files + """
            address = "[::1]:1"   # one of ours
            state-dir = '/s'
            grace = "1m30s"
            log-quota = "2G"
            reader-timeout = "off"
            connections = 7
            handshakes = "8"
            connections-per-address = "off"
            """);

        var options = Parse();

        Assert.Equal(("c.pem", "k.pem", "ca.pem"), (options.CertificateFile, options.KeyFile, options.ClientCaFile));
        Assert.Equal("[::1]:1", options.Address.ToString());
        Assert.Equal("/s", options.StateDirectory);
        Assert.Equal(TimeSpan.FromSeconds(90), options.Grace);
        Assert.Equal(2ul << 30, options.LogQuota);
        Assert.Equal(Timeout.InfiniteTimeSpan, options.ReaderTimeout);
        Assert.Equal((7, 8), (options.Connections.Connections, options.Connections.Handshakes));
        Assert.Null(options.Connections.PerAddress);
    }

    [Fact]
    public void Each_option_but_for_those_about_the_command_line_itself_can_stand_in_the_file()
    {
        var options = DaemonCommand.Create((_, _) => Task.FromResult(0)).Options.Select(option => option.Name[2..]);

        Assert.Equal(
            options.Except(["help", "version", "config"]).Append("address").Order(),
            new OptionSettings(DaemonCommand.Create((_, _) => Task.FromResult(0))).Keys.Order());
    }

    [Fact]
    public void What_is_on_the_command_line_counts_more_than_the_file()
    {
        Write(Files + "address = \"127.0.0.1:1\"\ngrace = \"1s\"\nlog-quota = \"2G\"\n");

        var options = Parse("--grace", "2s", "-c", "mine.pem", "--", "127.0.0.1:2");

        Assert.Equal(("mine.pem", "k.pem"), (options.CertificateFile, options.KeyFile));
        Assert.Equal(TimeSpan.FromSeconds(2), options.Grace);
        Assert.Equal("127.0.0.1:2", options.Address.ToString());
        Assert.Equal(2ul << 30, options.LogQuota);
    }

    [Fact]
    public void What_is_in_neither_has_its_default_and_what_must_be_given_is_missed()
    {
        Write("certificate = \"c.pem\"\nkey = \"k.pem\"\n");

        var errors = ConfiguredCommandLine.Parse(["--config", ConfigFile], (_, _) => Task.FromResult(0)).Errors;

        Assert.Contains("--client-ca", Assert.Single(errors).Message, StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromSeconds(5), Parse("--client-ca", "ca.pem").Grace);
    }

    [Theory]
    [InlineData("grcae = \"5s\"", "1:1: there is no grcae; the nearest that there is, is grace")]
    [InlineData("Grace = \"5s\"", "1:1: there is no Grace; the nearest that there is, is grace")]
    [InlineData("\n  log_quota = \"1G\"", "2:3: there is no log_quota; the nearest that there is, is log-quota")]
    [InlineData("--grace = \"5s\"", "1:1: there is no --grace; the nearest that there is, is grace")]
    [InlineData("config = \"x\"", "1:1: there is no config; ")]
    [InlineData("\"\" = 1", "1:1: there is no ")]
    [InlineData("\"a\\nb\" = 1", "1:1: there is no a\\u000ab; ")]
    [InlineData("grace.a = \"5s\"", "1:1: there is no grace.a; the nearest that there is, is grace")]
    [InlineData("[grace]", "1:2: grace is no table, it takes a value")]
    [InlineData("grace = {}", "1:1: grace is no table, it takes a value")]
    public void A_key_that_there_is_not_is_told_with_its_place_and_the_nearest_that_there_is(string text, string problem) =>
        AssertProblems(text, problem);

    [Theory]
    [InlineData("grace = 5", "1:9: grace: 5 is no text: write it in quotes")]
    [InlineData("grace = true", "1:9: grace: true is no text: write it in quotes")]
    [InlineData("grace = [\"5s\"]", "1:9: grace: a list is no text: write it in quotes")]
    [InlineData("grace = 1979-05-27", "1:9: grace: this is no text: write it in quotes")]
    [InlineData("grace = 5.5", "1:9: grace: this is no text: write it in quotes")]
    [InlineData("\n\ngrace = \"5\"", "3:9: grace: '5' is not a duration: write it like 5s or 1m30s")]
    [InlineData("grace = \"\"", "1:9: grace: Required argument missing")]
    [InlineData("log-quota = \"1K\"", "1:13: log-quota: '1K' is no size of at least 1M")]
    [InlineData("connections = 0", "1:15: connections: '0' is no limit for --connections: write a number from 1 to 1000000")]
    [InlineData("connections = -1", "1:15: connections: '-1' is no limit for --connections")]
    [InlineData("connections = true", "1:15: connections: true is no number")]
    [InlineData("handshakes = 1.5", "1:14: handshakes: this is no number")]
    [InlineData("handshakes = \"off\"", "1:14: handshakes: 'off' is no limit for --handshakes")]
    [InlineData("refusal-records = \"off\"", "1:19: refusal-records: 'off' is no limit for --refusal-records")]
    [InlineData("handshakes-per-address = [4]", "1:26: handshakes-per-address: a list is no number")]
    [InlineData("handshake-timeout = 10", "1:21: handshake-timeout: 10 is no text: write it in quotes")]
    [InlineData("address = \"localhost\"", "1:11: address: 'localhost' is not an address")]
    [InlineData("address = \"--grace=5s\"", "1:11: address: '--grace=5s' is not an address")]
    [InlineData("address = \"config\"", "1:11: address: 'config' is not an address")]
    [InlineData("address = \"\"", "1:11: address: '' is not an address")]
    public void A_value_that_is_no_good_is_told_with_its_key_its_place_and_what_is_good(string text, string problem) =>
        AssertProblems(text, problem);

    [Theory]
    [InlineData("grace = \"5s\"\ngrace = \"6s\"", "2:1: ")]
    [InlineData("grace = 5s", "1:")]
    [InlineData("grace = \"5s", "1:")]
    [InlineData("grace", "1:")]
    [InlineData("[[grace]]", "1:")]
    [InlineData("grace = \"\\x\"", "1:")]
    [InlineData("grace = \"5s\" key = \"k\"", "1:")]
    [InlineData("grace = \"\\", "1:1: somewhere in the file is what no TOML has: ")]
    [InlineData("grace = [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", "1:1: somewhere in the file is ")]
    [InlineData("[grace\u007f]", "1:7: Unexpected token found `\\u007f`")]
    public void What_is_no_TOML_is_told_with_its_place(string text, string problem) => AssertProblems(text, problem);

    [Fact]
    public void Roles_are_lists_of_names()
    {
        Write(Files + """
            [roles]
            admin = ["adam"]
            viewer = [
                "vera",
                "monitoring@example.org",   # the last one
            ]
            """);

        var roles = Parse().Roles;

        Assert.Equal(["adam"], roles.Admins);
        Assert.Equal(["monitoring@example.org", "vera"], roles.Viewers.Order());
        Assert.Null(roles.Starters);
    }

    [Theory]
    [InlineData("start.allow = [\"alice\", \"bob\"]", "alice", "bob")]
    [InlineData("start = { allow = [] }")]
    public void Those_who_may_start_are_a_list_of_names(string text, params string[] expected)
    {
        Write(Files + text);

        Assert.Equal(expected, Parse().Roles.Starters!.Order());
    }

    [Theory]
    [InlineData("[role]\nadmin = []", "1:2: there is no role; the nearest that there is, is roles")]
    [InlineData("[roles]\nadmins = []", "2:1: there is no roles.admins; the nearest that there is, is roles.admin")]
    [InlineData("roles = []", "1:1: roles is a table, it takes no value")]
    [InlineData("[[roles]]", "1:3: [[roles]]: no table of this file comes more than once")]
    [InlineData("[roles]\nadmin = \"adam\"", "2:9: roles.admin: 'adam' is no list of names")]
    [InlineData("[roles]\nadmin = { }", "2:1: roles.admin is no table, it takes a value")]
    [InlineData("roles.viewer = [\"vera\", 7]", "1:25: roles.viewer: 7 is no name of a user: 1 to 64 of A-Z")]
    [InlineData("roles.viewer = [[\"vera\"]]", "1:17: roles.viewer: a list is no name of a user: 1 to 64 of A-Z")]
    [InlineData("roles.admin = [\"\"]", "1:16: roles.admin: '' is no name of a user")]
    [InlineData("roles.admin = [\n  \"adam smith\"]", "2:3: roles.admin: 'adam smith' is no name of a user")]
    [InlineData("start.allow = [\"*\"]", "1:16: start.allow: '*' is no name of a user")]
    [InlineData("start.allow = [\"\u0430lice\"]", "1:16: start.allow: '\\u0430lice' is no name of a user")]
    [InlineData("start.allow = [\"alice\\n\"]", "1:16: start.allow: 'alice\\u000a' is no name of a user")]
    public void Roles_that_are_no_good_are_told_with_their_place(string text, string problem) =>
        AssertProblems(text, problem);

    [Fact]
    public void Limits_are_for_everybody_and_what_is_different_for_one_user_is_in_a_table_of_their_own()
    {
        Write(Files + """
            [limits]
            running-tasks = 100
            starts-per-minute = 60
            log-bytes = "10G"

            [limits.users."carol@example.org"]
            running-tasks = 5
            starts-per-minute = "off"
            open-streams = 7
            connections = 3
            """);

        var limits = Parse().Limits;

        var everybody = new UserLimits { RunningTasks = 100, StartsPerMinute = 60, LogBytes = 10L << 30 };
        Assert.Equal(everybody, limits.Of("alice"));
        Assert.Equal(everybody, limits.Of("Carol@example.org"));
        Assert.Equal(
            everybody with { RunningTasks = 5, StartsPerMinute = null, OpenStreams = 7, Connections = 3 },
            limits.Of("carol@example.org"));
    }

    [Fact]
    public void Nobody_has_limits_without_a_word_of_the_operator()
    {
        Write(Files);

        Assert.Equal(new UserLimits(), Parse().Limits.Of("alice"));
    }

    [Theory]
    [InlineData("limits.running-tasks = 0", "1:24: limits.running-tasks: 0 is no whole number from 1 to 1000000, nor \"off\"")]
    [InlineData("limits.running-tasks = -1", "1:24: limits.running-tasks: -1 is no whole number")]
    [InlineData("limits.open-streams = 1000001", "1:23: limits.open-streams: 1000001 is no whole number")]
    [InlineData("limits.open-streams = \"7\"", "1:23: limits.open-streams: '7' is no whole number")]
    [InlineData("limits.connections = 0", "1:22: limits.connections: 0 is no whole number")]
    [InlineData("limits.starts-per-minute = 1.5", "1:28: limits.starts-per-minute: this is no whole number")]
    [InlineData("limits.starts-per-minute = true", "1:28: limits.starts-per-minute: true is no whole number")]
    [InlineData("limits.starts-per-minute = \"Off\"", "1:28: limits.starts-per-minute: 'Off' is no whole number")]
    [InlineData("limits.log-bytes = 5", "1:20: limits.log-bytes: 5 is no size such as \"512M\" or \"10G\", nor \"off\"")]
    [InlineData("limits.log-bytes = \"0\"", "1:20: limits.log-bytes: '0' is no size")]
    [InlineData("limits.log-bytes = \"plenty\"", "1:20: limits.log-bytes: 'plenty' is no size")]
    [InlineData("limits.users.bob.log-bytes = 5", "1:30: limits.users.bob.log-bytes: 5 is no size")]
    [InlineData("[limits]\nruning-tasks = 5", "2:1: there is no limits.runing-tasks; the nearest that there is, is limits.running-tasks")]
    [InlineData("[limits.user.bob]", "1:2: there is no limits.user.bob; the nearest that there is, is limits.users")]
    [InlineData("limits.users.bob = 5", "1:1: limits.users.bob is a table, it takes no value")]
    [InlineData(
        "[limits.users.bob]\nrunning = 5",
        "2:1: there is no limits.users.bob.running; the nearest that there is, is limits.users.NAME.running-tasks")]
    [InlineData("[limits.users.\"bob smith\"]", "1:2: limits.users.bob smith: 'bob smith' is no name of a user: 1 to 64")]
    [InlineData("limits.users.\"\".running-tasks = 5", "1:1: limits.users..running-tasks: '' is no name of a user")]
    public void Limits_that_are_no_good_are_told_with_their_place(string text, string problem) =>
        AssertProblems(text, problem);

    [Fact]
    public void Accounts_are_one_for_all_and_others_for_some()
    {
        Write(Files + """
            run-as = "nobody"

            [accounts]
            alice = "daemon"
            "carol@example.org" = "root"
            """);

        var accounts = Parse().Accounts;

        Assert.Equal(
            ("nobody", "daemon", "root", "nobody"),
            (accounts.Default, accounts.For("alice"), accounts.For("carol@example.org"), accounts.For("Alice")));
        Assert.Equal("root", Parse("--run-as", "root").Accounts.For("bob"));
    }

    [Theory]
    [InlineData("run-as = \"no-such-account\"", "1:10: run-as: there is no account 'no-such-account' on this machine")]
    [InlineData("run-as = 0", "1:10: run-as: 0 is no text: write it in quotes")]
    [InlineData("[accounts]\nalice = \"no-such-account\"", "2:9: accounts.alice: there is no account 'no-such-account'")]
    [InlineData("accounts.alice = 7", "1:18: accounts.alice: 7 is no login name: write it in quotes")]
    [InlineData("accounts.alice = [\"root\"]", "1:18: accounts.alice: a list is no login name")]
    [InlineData("accounts.alice.name = \"root\"", "1:1: there is no accounts.alice.name")]
    [InlineData("accounts = \"root\"", "1:1: accounts is a table, it takes no value")]
    [InlineData("accounts.\"a b\" = \"root\"", "1:1: accounts.a b: 'a b' is no name of a user")]
    public void Accounts_that_are_no_good_are_told_with_their_place(string text, string problem) =>
        AssertProblems(text, problem);

    [Fact]
    public void All_that_is_wrong_is_told_at_once_in_the_order_of_the_file()
    {
        Write("log-quota = \"plenty\"\nkye = \"k\"\n\ngrace = 5\n");

        var lines = Refusal().Split('\n');

        Assert.Equal(3, lines.Length);
        Assert.StartsWith($"{ConfigFile}:1:13: log-quota: ", lines[0], StringComparison.Ordinal);
        Assert.StartsWith($"{ConfigFile}:2:1: there is no kye", lines[1], StringComparison.Ordinal);
        Assert.StartsWith($"{ConfigFile}:4:9: grace: ", lines[2], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(UnixFileMode.GroupWrite, "660")]
    [InlineData(UnixFileMode.OtherWrite, "602")]
    public void A_file_that_others_can_write_is_refused_with_its_mode(UnixFileMode others, string mode)
    {
        Write(Files);
        File.SetUnixFileMode(ConfigFile, UnixFileMode.UserRead | UnixFileMode.UserWrite | others
            | (mode == "660" ? UnixFileMode.GroupRead : 0));

        Assert.Contains($"(mode 0{mode}): chmod go-w '{ConfigFile}'", Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_others_can_read_is_good()
    {
        Write(Files);
        File.SetUnixFileMode(
            ConfigFile, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);

        Assert.Equal("c.pem", Parse().CertificateFile);
    }

    [Fact]
    public void A_file_that_is_not_there_or_is_no_file_is_told_by_its_name()
    {
        Assert.StartsWith($"cannot read the configuration file '{ConfigFile}': ", Refusal(), StringComparison.Ordinal);

        Directory.CreateDirectory(ConfigFile);
        Assert.StartsWith($"cannot read the configuration file '{ConfigFile}': ", Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_no_UTF_8_is_refused()
    {
        File.WriteAllBytes(ConfigFile, [.. "grace = \""u8, 0xff, .. "\""u8]);

        Assert.StartsWith($"the configuration file '{ConfigFile}' is not UTF-8", Refusal(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Config_check_says_that_nothing_is_wrong(bool fileFirst)
    {
        Write(Files);
        string[] file = ["--config", ConfigFile], check = ["config", "check"];

        var (exitCode, output, error) = Invoke(fileFirst ? [.. file, .. check] : [.. check, .. file]);

        Assert.Equal((0, $"{ConfigFile}: nothing is wrong\n", ""), (exitCode, output, error));
    }

    [Fact]
    public void Nothing_is_wrong_with_the_example()
    {
        Write(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "levityd.toml")));

        var (exitCode, _, error) = Invoke(["config", "check", "--config", ConfigFile]);

        Assert.Equal((0, ""), (exitCode, error));
    }

    [Fact]
    public void Config_check_says_what_is_wrong()
    {
        Write("grace = 5");

        var (exitCode, output, error) = Invoke(["config", "check", "--config", ConfigFile]);

        Assert.Equal((1, ""), (exitCode, output));
        Assert.StartsWith($"levityd: {ConfigFile}:1:9: grace: 5 is no text", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Config_view_shows_what_counts_and_what_says_so()
    {
        Write(Files + """
            grace = "3s"
            log-quota = "2G"

            [roles]
            admin = ["adam", "eve"]
            """);

        var (exitCode, output, error) = Invoke(["--grace", "4s", "config", "view", "--config", ConfigFile]);

        Assert.Equal((0, ""), (exitCode, error));
        var rows = output.TrimEnd('\n').Split('\n').Select(line => string.Join(
            '|', line.Split("  ", StringSplitOptions.RemoveEmptyEntries).Select(cell => cell.Trim()))).ToList();
        Assert.Equal("SETTING|VALUE|FROM", rows[0]);
        Assert.Contains($"certificate|c.pem|{ConfigFile}:1", rows);
        Assert.Contains("grace|4s|--grace", rows);
        Assert.Contains($"log-quota|2G|{ConfigFile}:5", rows);
        Assert.Contains("handshake-timeout|10s|default", rows);
        Assert.Contains("crl|-|not set", rows);
        Assert.Contains("address|127.0.0.1:4321|default", rows);
        Assert.Contains($"roles.admin|[adam, eve]|{ConfigFile}:8", rows);
    }

    [Fact]
    public void Config_view_says_what_is_wrong_and_does_without_a_file()
    {
        Write("grace = 5");

        Assert.StartsWith(
            $"levityd: {ConfigFile}:1:9: grace: 5 is no text",
            Invoke(["config", "view", "--config", ConfigFile]).Error,
            StringComparison.Ordinal);
        Assert.Contains("key", Invoke(["config", "view"]).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Config_check_wants_a_file()
    {
        var parsed = ConfiguredCommandLine.Parse(["config", "check"], (_, _) => Task.FromResult(0));

        Assert.Contains("--config FILE", Assert.Single(parsed.Errors).Message, StringComparison.Ordinal);
    }

    private static (int ExitCode, string Output, string Error) Invoke(string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var parsed = ConfiguredCommandLine.Parse(arguments, (_, _) => throw new InvalidOperationException("started"));
        Assert.Empty(parsed.Errors);
        var exitCode = parsed.Invoke(
            new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false });
        return (exitCode, output.ToString(), error.ToString());
    }

    private void Write(string text)
    {
        _directory.Write("levityd.toml", text);
        File.SetUnixFileMode(ConfigFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private DaemonOptions Parse(params string[] arguments)
    {
        DaemonOptions? options = null;
        var parsed = ConfiguredCommandLine.Parse(["--config", ConfigFile, .. arguments], (given, _) =>
        {
            options = given;
            return Task.FromResult(0);
        });
        Assert.Empty(parsed.Errors);
        Assert.Equal(0, parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false }));
        return options!;
    }

    private string Refusal() => Assert.Throws<StartupException>(() => Parse()).Message;

    private void AssertProblems(string text, string problem)
    {
        Write(text);

        Assert.Contains($"{ConfigFile}:{problem}", Refusal(), StringComparison.Ordinal);
    }
}
