using Levity.Protocol;

namespace Levity.Cli.Tests.Configuration;

/// <summary>What says how to reach a server: an option, a variable, a context, the user's file, the system's.</summary>
public sealed class ClientConfigurationTests : IDisposable
{
    private readonly UserFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task An_option_beats_a_variable_and_that_the_context_the_users_file_and_the_systems()
    {
        _files.WriteOfSystem("address = \"system:1\"\n");
        Assert.Equal(("system:1", $"{_files.SystemFile}:1"), await _files.ViewAsync("address"));

        _files.Write("address = \"all:2\"\n");
        Assert.Equal(("all:2", $"{_files.UserFile}:1"), await _files.ViewAsync("address"));

        _files.Write("current = \"a\"\naddress = \"all:2\"\n[contexts.a]\naddress = \"context:3\"\n");
        Assert.Equal(("context:3", $"{_files.UserFile}:4"), await _files.ViewAsync("address"));

        _files.Variables["LEVITY_ADDRESS"] = "variable:4";
        Assert.Equal(("variable:4", "LEVITY_ADDRESS"), await _files.ViewAsync("address"));

        Assert.Equal(("option:5", "--address"), await _files.ViewAsync("address", "-a", "option:5"));
    }

    [Fact]
    public async Task What_nothing_says_is_the_default_or_not_set()
    {
        Assert.Equal(("127.0.0.1:4321", "default"), await _files.ViewAsync("address"));
        Assert.Equal(("the system's", "default"), await _files.ViewAsync("ca"));
        Assert.Equal(("-", "not set"), await _files.ViewAsync("key"));
        Assert.Equal(("-", "not set"), await _files.ViewAsync("context"));
    }

    [Fact]
    public async Task A_context_is_chosen_by_an_option_by_a_variable_or_is_the_current_one()
    {
        _files.Write("""
            current = "one"
            [contexts.one]
            timeout = "1s"
            [contexts.two]
            timeout = "2s"
            [contexts.three]

            """);
        Assert.Equal(("one", $"{_files.UserFile}:1"), await _files.ViewAsync("context"));
        Assert.Equal("1s", (await _files.ViewAsync("timeout")).Value);

        _files.Variables["LEVITY_CONTEXT"] = "two";
        Assert.Equal(("two", "LEVITY_CONTEXT"), await _files.ViewAsync("context"));
        Assert.Equal("2s", (await _files.ViewAsync("timeout")).Value);

        Assert.Equal(("three", "--context"), await _files.ViewAsync("context", "--context", "three"));
        Assert.Equal("10s", (await _files.ViewAsync("timeout", "--context", "three")).Value);
    }

    [Fact]
    public async Task A_context_that_there_is_not_is_told_with_the_nearest_and_what_names_it()
    {
        _files.Write("[contexts.build]\n[contexts.home]\n");

        var run = await _files.RunAsync("--context", "biuld", "query", "1");

        Assert.Equal(
            "levity: there is no context 'biuld'; the nearest that there is, is 'build' (--context): `levity config "
            + "set-context` makes one\n",
            run.Error);
        Assert.Equal(125, run.ExitCode);
    }

    [Fact]
    public async Task Without_a_file_a_context_cannot_be_chosen()
    {
        _files.Variables["LEVITY_CONTEXT"] = "build";

        var run = await _files.RunAsync("query", "1");

        Assert.StartsWith("levity: there is no context 'build', nor any other (LEVITY_CONTEXT)", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Paths_begin_where_the_file_is_or_at_home()
    {
        _files.Write("certificate = \"alice.crt\"\nkey = \"~/keys/alice.key\"\nca = \"/etc/ca.crt\"\n");

        Assert.Equal($"{_files.Folder}/alice.crt", (await _files.ViewAsync("certificate")).Value);
        Assert.Equal($"{_files.Home}/keys/alice.key", (await _files.ViewAsync("key")).Value);
        Assert.Equal("/etc/ca.crt", (await _files.ViewAsync("ca")).Value);
    }

    [Fact]
    public async Task The_file_is_where_the_desktop_keeps_such_files()
    {
        _files.Write("timeout = \"1s\"\n");
        _files.Variables["XDG_CONFIG_HOME"] = _files.Home;
        Assert.Equal("default", (await _files.ViewAsync("timeout")).Origin);

        _files.Variables["XDG_CONFIG_HOME"] = Path.GetDirectoryName(_files.Folder)!;
        _files.Variables["HOME"] = "/nowhere";
        Assert.Equal($"{_files.UserFile}:1", (await _files.ViewAsync("timeout")).Origin);

        // "All paths set in these environment variables must be absolute", and what is not is to be ignored.
        _files.Variables["XDG_CONFIG_HOME"] = "home/.config";
        _files.Variables["HOME"] = _files.Home;
        Assert.Equal($"{_files.UserFile}:1", (await _files.ViewAsync("timeout")).Origin);
    }

    [Fact]
    public async Task A_context_is_all_that_a_call_needs()
    {
        await using var installation = await Installation.StartAsync();
        installation.Server.Tasks.Query = (_, _) => Task.FromResult(new QueryTaskResponse { StatusCode = TaskStatusCode.Running });
        File.Copy(installation.CertificateFile, Directory.CreateDirectory(_files.Folder).FullName + "/alice.crt");
        _files.Write($"""
            current = "here"
            [contexts.here]
            address = "127.0.0.1:{installation.Server.Port}"
            certificate = "alice.crt"
            key = "{installation.KeyFile}"
            ca = "{installation.CaFile}"
            """);

        var run = await _files.RunAsync("query", "1");

        Assert.Equal(("Running\n", ""), (run.Output, run.Error));
    }

    [Fact]
    public async Task An_error_names_the_line_of_the_file_that_a_value_is_from()
    {
        _files.Write("[contexts.a]\ncertificate = \"missing.crt\"\nkey = \"k\"\n");

        var run = await _files.RunAsync("--context", "a", "query", "1");

        Assert.Equal(
            $"levity: cannot read the certificate file '{_files.Folder}/missing.crt' ({_files.UserFile}:2): there is no such file\n",
            run.Error);
    }

    [Theory]
    [InlineData("adress = \"a:1\"", "1:1: there is no adress; the nearest that there is, is address")]
    [InlineData("[contexts.a]\ncertifcate = \"c\"", "2:1: there is no contexts.a.certifcate; the nearest that there is, is "
        + "contexts.NAME.certificate")]
    [InlineData("[context.a]", "1:2: there is no context.a; the nearest that there is, is contexts")]
    [InlineData("address = 5", "1:11: address: 5 is no text: write it in quotes")]
    [InlineData("address = [\"a:1\"]", "1:11: address: a list is no text: write it in quotes")]
    [InlineData("\n\n  address = \"a\"", "3:13: the server address 'a' cannot be used: it has no port: did you mean a:4321?")]
    [InlineData("timeout = \"10\"", "1:11: the timeout '10' is not a duration above zero: write it like 500ms, 5s or 1m30s")]
    [InlineData("timeout = \"0s\"", "1:11: the timeout '0s' is not a duration above zero")]
    [InlineData("key = \"\"", "1:7: key: there is no file without a name: leave the key out instead")]
    [InlineData("current = \"b\"\n[contexts.a]", "1:11: current: there is no context 'b'; the nearest that there is, is 'a'")]
    [InlineData("current = \"b\"", "1:11: current: there is no context 'b', nor any other")]
    [InlineData("[contexts.\"a b\"]", "1:2: 'a b' is no name of a context: 1 to 64 of A-Z")]
    [InlineData("contexts.a = \"x\"", "1:1: contexts.a is a table, it takes no value")]
    [InlineData("[[contexts]]", "1:3: [[contexts]]: no table of this file comes more than once")]
    [InlineData("address = \"a:1\"\naddress = \"b:1\"", "2:1: ")]
    [InlineData("address = \"a:1", "1:")]
    [InlineData("ca = \"\\x\"", "1:")]
    public async Task What_is_wrong_with_the_file_is_told_with_its_place(string text, string problem)
    {
        _files.Write(text);

        var run = await _files.RunAsync("config", "view");

        Assert.StartsWith($"levity: {_files.UserFile}:{problem}", run.Error, StringComparison.Ordinal);
        Assert.Equal(("", 125), (run.Output, run.ExitCode));
    }

    [Fact]
    public async Task All_that_is_wrong_is_told_at_once_a_line_each()
    {
        _files.Write("adress = \"a:1\"\n[contexts.a]\nkey = 1\n");

        var run = await _files.RunAsync("query", "1");

        Assert.Equal(
            [
                $"levity: {_files.UserFile}:1:1: there is no adress; the nearest that there is, is address",
                $"levity: {_files.UserFile}:3:7: contexts.a.key: 1 is no text: write it in quotes",
            ],
            run.Error.TrimEnd('\n').Split('\n'));
    }

    [Theory]
    [InlineData("current = \"a\"", "1:1: there is no current; ")]
    [InlineData("[contexts.a]", "1:2: there is no contexts.a; ")]
    public async Task The_file_of_the_system_has_no_contexts(string text, string problem)
    {
        _files.WriteOfSystem(text);

        var run = await _files.RunAsync("query", "1");

        Assert.StartsWith($"levity: {_files.SystemFile}:{problem}", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(UnixFileMode.GroupWrite)]
    [InlineData(UnixFileMode.OtherWrite)]
    public async Task A_file_that_others_can_write_is_refused(UnixFileMode others)
    {
        _files.Write("timeout = \"1s\"\n");
        File.SetUnixFileMode(_files.UserFile, UnixFileMode.UserRead | UnixFileMode.UserWrite | others);

        var run = await _files.RunAsync("query", "1");

        Assert.Contains($"can be written by others", run.Error, StringComparison.Ordinal);
        Assert.EndsWith($"chmod go-w '{_files.UserFile}'\n", run.Error, StringComparison.Ordinal);
        Assert.Equal(125, run.ExitCode);
    }

    [Fact]
    public async Task A_file_is_no_concern_of_a_command_that_calls_no_server()
    {
        _files.Write("nonsense");

        var run = await _files.RunAsync("ca", "list", "--dir", _files.Home);

        Assert.DoesNotContain(_files.UserFile, run.Error, StringComparison.Ordinal);
    }
}
