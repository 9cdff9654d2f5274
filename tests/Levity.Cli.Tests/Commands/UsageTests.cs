namespace Levity.Cli.Tests.Commands;

/// <summary>Command lines that make no sense: one line, exit code 125, and nothing is sent anywhere.</summary>
public sealed class UsageTests
{
    [Theory]
    [InlineData("", "there is no command (see `levity --help`)")]
    [InlineData("-t 5s", "there is no command (see `levity --help`)")]
    [InlineData("strat ls", "there is no command strat (see `levity --help`)")]
    [InlineData("start", "BINARY is missing (see `levity start --help`)")]
    [InlineData("start --", "BINARY is missing (see `levity start --help`)")]
    [InlineData("query", "ID is missing (see `levity query --help`)")]
    [InlineData("query 1 2", "one operand too many: 2 (see `levity query --help`)")]
    [InlineData("start -x ls", "there is no option -x (see `levity start --help`)")]
    [InlineData("query --nonsense 1", "there is no option --nonsense (see `levity query --help`)")]
    [InlineData("query --nonsense=1 1", "there is no option --nonsense=1 (see `levity query --help`)")]
    [InlineData("--nonsense query 1", "there is no option --nonsense (see `levity query --help`)")]
    [InlineData("query -f 1", "there is no option -f (see `levity query --help`)")]
    [InlineData("logs --stdout --stderr 1", "--stdout and --stderr exclude each other (see `levity logs --help`)")]
    [InlineData("logs --cursor -1 1", "--cursor wants a number (see `levity logs --help`)")]
    [InlineData("logs --cursor 18446744073709551616 1", "--cursor wants a number (see `levity logs --help`)")]
    [InlineData("rm", "ID is missing (see `levity rm --help`)")]
    [InlineData("rm -f", "ID is missing (see `levity rm --help`)")]
    [InlineData("rm --nonsense 1", "there is no option --nonsense (see `levity rm --help`)")]
    [InlineData("inspect", "ID is missing (see `levity inspect --help`)")]
    [InlineData("inspect -o xml 1", "--output wants text or json, and 'xml' is neither (see `levity inspect --help`)")]
    [InlineData("inspect -o JSON 1", "--output wants text or json, and 'JSON' is neither (see `levity inspect --help`)")]
    [InlineData("inspect 1 -o", "-o wants a value (see `levity inspect --help`)")]
    [InlineData("query --output=yaml 1", "--output wants text or json, and 'yaml' is neither (see `levity query --help`)")]
    [InlineData("query -o json -o text 1", "--output is given more than once (see `levity query --help`)")]
    [InlineData("share --to bob --read", "ID is missing (see `levity share --help`)")]
    [InlineData("share 1 --read", "--to is missing (see `levity share --help`)")]
    [InlineData("share 1 --read --to", "--to wants a value (see `levity share --help`)")]
    [InlineData("share 1 --to bob", "nothing is shared: give --read, --signal or both (see `levity share --help`)")]
    [InlineData("share 1 --to bob --for 1h", "nothing is shared: give --read, --signal or both (see `levity share --help`)")]
    [InlineData("share 1 --to bob --to carol --read", "--to is given more than once (see `levity share --help`)")]
    [InlineData("share 1 --to ../bob --read", "'../bob' is no name: it is made of 1 to 64 of A-Z a-z 0-9 . _ @ + - beginning "
        + "with a letter or digit (see `levity share --help`)")]
    [InlineData("share 1 --to bob --read --for 0s", "--for wants a duration above zero and of at most a year, such as 90s or "
        + "1h30m, and '0s' is none (see `levity share --help`)")]
    [InlineData("share 1 --to bob --read --for -1h", "--for wants a duration above zero and of at most a year, such as 90s or "
        + "1h30m, and '-1h' is none (see `levity share --help`)")]
    [InlineData("share 1 --to bob --read --for 3600", "--for wants a duration above zero and of at most a year, such as 90s or "
        + "1h30m, and '3600' is none (see `levity share --help`)")]
    [InlineData("share 1 --to bob --read --for 9000h", "--for wants a duration above zero and of at most a year, such as 90s or "
        + "1h30m, and '9000h' is none (see `levity share --help`)")]
    [InlineData("share 1 --to bob --read --for", "--for wants a value (see `levity share --help`)")]
    [InlineData("share 1 2 --to bob --read", "one operand too many: 2 (see `levity share --help`)")]
    [InlineData("share 1 --with bob --read", "there is no option --with (see `levity share --help`)")]
    [InlineData("unshare 1", "--from is missing (see `levity unshare --help`)")]
    [InlineData("unshare --from bob", "ID is missing (see `levity unshare --help`)")]
    [InlineData("unshare 1 --from a,b", "'a,b' is no name: it is made of 1 to 64 of A-Z a-z 0-9 . _ @ + - beginning with a "
        + "letter or digit (see `levity unshare --help`)")]
    [InlineData("ca", "there is no command (see `levity ca --help`)")]
    [InlineData("ca sign", "there is no command sign (see `levity ca --help`)")]
    [InlineData("ca issue-user", "NAME is missing (see `levity ca issue-user --help`)")]
    [InlineData("ca issue-user ../x", "'../x' is no name: it is made of 1 to 64 of A-Z a-z 0-9 . _ @ + - beginning with a letter "
        + "or digit (see `levity ca issue-user --help`)")]
    [InlineData("ca issue-user bob --days 0", "--days wants a whole number from 1 to 3650, and '0' is none (see `levity ca "
        + "issue-user --help`)")]
    [InlineData("ca issue-user bob --days 1.5", "--days wants a whole number from 1 to 3650, and '1.5' is none (see `levity ca "
        + "issue-user --help`)")]
    [InlineData("ca issue-user bob --keep --force", "--keep and --force exclude each other (see `levity ca issue-user --help`)")]
    [InlineData("ca issue-user bob --key k", "--key is for commands that call a server, and this one does not (see `levity ca "
        + "issue-user --help`)")]
    [InlineData("-a x:1 ca list", "--address is for commands that call a server, and this one does not (see `levity ca list "
        + "--help`)")]
    [InlineData("ca issue-server --days 826", "--days wants a whole number from 1 to 825, and '826' is none (see `levity ca "
        + "issue-server --help`)")]
    [InlineData("ca issue-server --host a_/b", "--host wants a DNS name or an IP address, and 'a_/b' is neither (see `levity ca "
        + "issue-server --help`)")]
    [InlineData("ca issue-server a b", "one operand too many: b (see `levity ca issue-server --help`)")]
    [InlineData("ca revoke", "NAME|SERIAL is missing (see `levity ca revoke --help`)")]
    [InlineData("ca revoke bob --reason spite", "--reason wants one of unspecified, key-compromise, affiliation-changed, superseded, "
        + "cessation-of-operation, privilege-withdrawn, and 'spite' is none (see `levity ca revoke --help`)")]
    [InlineData("ca renew a/b", "'a/b' is no name: it is made of 1 to 64 of A-Z a-z 0-9 . _ @ + - beginning with a letter or digit "
        + "(see `levity ca renew --help`)")]
    [InlineData("ca list --within -1", "--within wants a whole number from 1 to 3650, and '-1' is none (see `levity ca list "
        + "--help`)")]
    [InlineData("ca list -o yaml", "--output wants text or json, and 'yaml' is neither (see `levity ca list --help`)")]
    [InlineData("ca list --dir=", "--dir wants a value (see `levity ca list --help`)")]
    [InlineData("query 1 -a", "-a wants a value (see `levity query --help`)")]
    [InlineData("query 1 --address", "--address wants a value (see `levity query --help`)")]
    [InlineData("query 1 -a x:1 -a y:2", "--address is given more than once (see `levity query --help`)")]
    public async Task The_line_says_what_is_wrong(string line, string expected)
    {
        var run = await CommandRun.ExecuteAsync(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal($"levity: {expected}\n", run.Error);
        Assert.Empty(run.Output);
        Assert.Equal(125, run.ExitCode);
    }

    [Fact]
    public async Task An_empty_id_is_no_id()
    {
        var run = await CommandRun.ExecuteAsync(["query", ""]);

        Assert.Equal("levity: the task's id is empty (see `levity query --help`)\n", run.Error);
        Assert.Equal(125, run.ExitCode);
    }

    [Fact]
    public async Task What_is_not_UTF_8_is_not_sent_as_something_else()
    {
        var run = await CommandRun.ExecuteAsync(["start", "cat", "caf\ufffd"]);

        Assert.StartsWith("levity: the argument caf\ufffd is not UTF-8", run.Error, StringComparison.Ordinal);
        Assert.Equal(125, run.ExitCode);
    }

    [Theory]
    [InlineData("5")]
    [InlineData("0s")]
    [InlineData("-1s")]
    [InlineData("soon")]
    public async Task A_timeout_that_is_none(string timeout)
    {
        var run = await CommandRun.ExecuteAsync(
            ["query", "1"],
            new() { ["LEVITY_CERTIFICATE"] = "c", ["LEVITY_KEY"] = "k", ["LEVITY_TIMEOUT"] = timeout });

        Assert.Equal(
            $"levity: the timeout '{timeout}' (LEVITY_TIMEOUT) is not a duration above zero: write it like 500ms, 5s "
            + "or 1m30s\n",
            run.Error);
        Assert.Equal(125, run.ExitCode);
    }
}
