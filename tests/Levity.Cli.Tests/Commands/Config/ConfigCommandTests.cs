using Levity.Cli.Tests.Configuration;

namespace Levity.Cli.Tests.Commands.Config;

/// <summary>levity config: the file of contexts, changed without opening it.</summary>
public sealed class ConfigCommandTests : IDisposable
{
    private readonly UserFiles _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task The_first_context_is_made_with_its_file_and_is_the_current_one()
    {
        var run = await _files.RunAsync("config", "set-context", "build", "-a", "build.example:1", "-k", "/k", "-t", "3s");

        Assert.Equal(("", 0), (run.Output, run.ExitCode));
        Assert.Equal("levity: build is the current context now\nlevity: there is no file '/k' yet (key)\n", run.Error);
        Assert.Equal(
            """
            current = "build"

            [contexts.build]
            address = "build.example:1"
            key = "/k"
            timeout = "3s"

            """,
            _files.Text);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_files.UserFile));
        Assert.Equal(["config.toml"], Directory.GetFileSystemEntries(_files.Folder).Select(Path.GetFileName));
    }

    [Fact]
    public async Task A_path_is_meant_from_where_the_command_is_given()
    {
        await _files.RunAsync("config", "set-context", "build", "-c", "alice.crt");

        Assert.Equal(Path.GetFullPath("alice.crt"), (await _files.ViewAsync("certificate")).Value);
    }

    [Fact]
    public async Task What_is_not_changed_stays_as_it_was_written()
    {
        _files.Write("""
            # Mine. 'é' and '😀' are longer than they look.
            current = "b"   # since yesterday

            [contexts.a]    # the old one
            address = "a:1" # slow
            # timeout = "1m"

            # Bob's machine
            [contexts."b"]
            timeout = '''1s'''
            """);

        await _files.RunAsync("config", "set-context", "a", "-a", "a:2", "-t", "5s");
        await _files.RunAsync("config", "set-context", "b", "-t", "2s", "-a", "b:1");
        await _files.RunAsync("config", "set-context", "c.d", "-a", "c:1");
        await _files.RunAsync("config", "use-context", "a");

        Assert.Equal(
            """
            # Mine. 'é' and '😀' are longer than they look.
            current = "a"   # since yesterday

            [contexts.a]    # the old one
            address = "a:2" # slow
            timeout = "5s"
            # timeout = "1m"

            # Bob's machine
            [contexts."b"]
            timeout = "2s"
            address = "b:1"

            [contexts."c.d"]
            address = "c:1"

            """,
            _files.Text);
    }

    [Fact]
    public async Task A_context_goes_with_its_lines_and_the_rest_stays()
    {
        _files.Write("""
            current = "b"

            # The first
            [contexts.a]
            address = "a:1"

            [contexts.b]
            # of b
            address = "b:1"

            # The last
            [contexts.c]
            """);

        var run = await _files.RunAsync("config", "rm-context", "b");

        Assert.Equal(
            ("levity: b was the current context; `levity config use-context` chooses another\n", 0), (run.Error, run.ExitCode));
        Assert.Equal(
            """
            # The first
            [contexts.a]
            address = "a:1"

            # The last
            [contexts.c]

            """,
            _files.Text.TrimStart('\n'));
    }

    [Fact]
    public async Task The_last_context_can_go_and_another_come()
    {
        await _files.RunAsync("config", "set-context", "a", "-a", "a:1");

        await _files.RunAsync("config", "rm-context", "a");
        Assert.Equal("", _files.Text.Trim('\n'));

        await _files.RunAsync("config", "set-context", "b", "-a", "b:1");
        Assert.Equal("b", (await _files.ViewAsync("context")).Value);
    }

    [Theory]
    [InlineData("contexts.a.address = \"a:1\"\n", "set-context", "a", "-t", "1s")]
    [InlineData("contexts = { a = { address = \"a:1\" } }\n", "set-context", "b", "-t", "1s")]
    [InlineData("[contexts]\na = { address = \"a:1\" }\n", "rm-context", "a")]
    public async Task What_is_written_in_another_way_is_not_spoilt(string text, params string[] args)
    {
        _files.Write(text);

        var run = await _files.RunAsync(["config", .. args]);

        Assert.EndsWith(": edit it yourself\n", run.Error, StringComparison.Ordinal);
        Assert.Equal((125, text), (run.ExitCode, _files.Text));
    }

    [Fact]
    public async Task A_file_with_a_mistake_in_it_is_not_changed()
    {
        _files.Write("adress = \"a:1\"\n");

        var run = await _files.RunAsync("config", "set-context", "a", "-a", "a:1");

        Assert.StartsWith($"levity: {_files.UserFile}:1:1: there is no adress", run.Error, StringComparison.Ordinal);
        Assert.Equal((125, "adress = \"a:1\"\n"), (run.ExitCode, _files.Text));
    }

    [Fact]
    public async Task Who_keeps_the_file_elsewhere_goes_on_to_do_so()
    {
        var elsewhere = Path.Combine(_files.Home, "dotfiles.toml");
        _files.Write("timeout = \"1s\"\n");
        File.Move(_files.UserFile, elsewhere);
        File.CreateSymbolicLink(_files.UserFile, elsewhere);

        await _files.RunAsync("config", "set-context", "a", "-a", "a:1");
        await _files.RunAsync("config", "set-context", "a", "-a", "a:2");

        Assert.Equal(elsewhere, new FileInfo(_files.UserFile).LinkTarget);
        Assert.Contains("a:2", await File.ReadAllTextAsync(elsewhere, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_context_that_there_is_not_can_be_neither_used_nor_removed()
    {
        _files.Write("[contexts.build]\n");

        foreach (var verb in new[] { "use-context", "rm-context" })
        {
            var run = await _files.RunAsync("config", verb, "built");

            Assert.Equal(
                ("levity: there is no context 'built'; the nearest that there is, is 'build'\n", 125), (run.Error, run.ExitCode));
        }
    }

    [Fact]
    public async Task Without_a_home_there_is_no_place_for_contexts()
    {
        _files.Variables.Clear();

        var run = await _files.RunAsync("config", "set-context", "a", "-a", "a:1");

        Assert.Equal(
            ("levity: there is no place for a file of contexts: set HOME or XDG_CONFIG_HOME\n", 125), (run.Error, run.ExitCode));
    }

    [Fact]
    public async Task Contexts_are_listed_with_a_star_at_the_current_one()
    {
        _files.Write("current = \"b\"\n[contexts.b]\naddress = \"b:1\"\ncertificate = \"/bob.crt\"\n[contexts.a]\n");

        Assert.Equal(
            """
            CURRENT  NAME  ADDRESS  CERTIFICATE
            -        a     -        -
            *        b     b:1      /bob.crt

            """,
            (await _files.RunAsync("config", "contexts")).Output);
        Assert.Equal(
            """
            {"name":"a","current":false,"address":null,"certificate":null}
            {"name":"b","current":true,"address":"b:1","certificate":"/bob.crt"}

            """,
            (await _files.RunAsync("config", "contexts", "-o", "jsonl")).Output);
    }

    [Fact]
    public async Task View_is_one_object_for_programs()
    {
        _files.Write("ca = \"/ca.crt\"\n");

        var run = await _files.RunAsync("config", "view", "-o", "json", "-a", "a:1");

        var expected = "{'context':{'value':null,'from':'not set'},'address':{'value':'a:1','from':'--address'},"
            + "'certificate':{'value':null,'from':'not set'},'key':{'value':null,'from':'not set'},"
            + $"'ca':{{'value':'/ca.crt','from':'{_files.UserFile}:1'}},'timeout':{{'value':'10s','from':'default'}}}}\n";
        Assert.Equal(expected.Replace('\'', '"'), run.Output);
    }
}
