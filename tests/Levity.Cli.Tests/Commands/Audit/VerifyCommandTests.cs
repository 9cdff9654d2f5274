using System.Text;
using Levity.Protocol.Audit;

namespace Levity.Cli.Tests.Commands.Audit;

/// <summary>What counts as wrong is tested where it is decided; here is how it is told.</summary>
public sealed class VerifyCommandTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly List<string> _lines = [];

    public VerifyCommandTests()
    {
        var hash = Encoding.ASCII.GetString(AuditLine.NoHash);
        for (var i = 1; i <= 6; i++)
        {
            // Two files of three lines.
            var begins = i is 1 or 4 ? $",\"previous\":\"{hash}\"" : "";
            _lines.Add(Sealed(ref hash, $"{{\"seq\":{i}{begins},\"event\":\"call\""));
        }
    }

    private string LastHash => HashOf(_lines[5]);

    [Fact]
    public async Task A_sound_log_is_a_line_with_its_last_hash_in_whatever_order_its_files_are_given()
    {
        var (first, second) = (Write("audit.log.1", _lines[..3]), Write("audit.log", _lines[3..]));

        var run = await VerifyAsync(second, first);

        Assert.Equal(($"6 records, 1 to 6: {LastHash}\n", "", 0), (run.Output, run.Error, run.ExitCode));
    }

    [Fact]
    public async Task A_file_may_be_looked_at_without_those_before_it()
    {
        var run = await VerifyAsync(Write("audit.log", _lines[3..]));

        Assert.Equal(($"3 records, 4 to 6: {LastHash}\n", "", 0), (run.Output, run.Error, run.ExitCode));
    }

    [Fact]
    public async Task The_first_line_that_is_wrong_is_told_with_its_file()
    {
        var (first, second) = (Write("first", _lines[..3]), Write("second", [_lines[3], .. _lines[5..]]));

        var run = await VerifyAsync(first, second);

        Assert.Equal(
            ("", $"levity: {second}:2: it is record 6, and 5 should be here: something was removed, inserted or moved\n", 125),
            (run.Output, run.Error, run.ExitCode));
    }

    [Fact]
    public async Task A_file_that_is_missing_between_two_is_missed()
    {
        var hash = LastHash;
        var third = Write("third", [Sealed(ref hash, $"{{\"seq\":7,\"previous\":\"{hash}\"")]);

        var run = await VerifyAsync(Write("first", _lines[..3]), third);

        Assert.Contains($"{third}:1: it is record 7, and 4 should be here", run.Error, StringComparison.Ordinal);
        Assert.Equal(125, run.ExitCode);
    }

    [Fact]
    public async Task A_file_of_another_chain_is_no_continuation()
    {
        var other = new string('a', AuditLine.HashLength);
        var second = Write("second", [Sealed(ref other, $"{{\"seq\":4,\"previous\":\"{other}\"")]);

        var run = await VerifyAsync(Write("first", _lines[..3]), second);

        Assert.Equal(($"levity: {second}:1: it begins a file that does not go on from record 3\n", 125), (run.Error, run.ExitCode));
    }

    [Fact]
    public async Task An_end_that_is_no_whole_record_is_told()
    {
        var file = _directory.Write("audit.log", $"{_lines[0]}\n{_lines[1][..50]}");

        var run = await VerifyAsync(file);

        Assert.StartsWith($"levity: {file}:2: it ends in 50 bytes that are no whole record", run.Error, StringComparison.Ordinal);
        Assert.Equal(("", 125), (run.Output, run.ExitCode));
    }

    [Fact]
    public async Task What_levityd_has_found_broken_is_told_and_nothing_in_it_is_obeyed()
    {
        var hash = HashOf(_lines[2]);
        var file = Write(
            "audit.log", [Sealed(ref hash, $"{{\"seq\":4,\"previous\":\"{hash}\",\"broken\":\"line 4\\u001b[2J\"")]);

        var run = await VerifyAsync(file);

        Assert.Contains("found the one before broken: line 4\\u{1b}[2J\n", run.Error, StringComparison.Ordinal);
        Assert.Equal(($"1 records, 4 to 4: {hash}\n", 0), (run.Output, run.ExitCode));
    }

    [Fact]
    public async Task A_hash_that_was_noted_tells_that_the_end_was_removed()
    {
        var file = Write("audit.log", _lines);
        Assert.Equal(0, (await VerifyAsync("--contains", LastHash, file)).ExitCode);
        Write("audit.log", _lines[..5]);

        var run = await VerifyAsync("--contains", LastHash, file);

        Assert.Equal(
            ("", $"levity: none of the 5 records has the hash {LastHash}: that one is missing\n", 125),
            (run.Output, run.Error, run.ExitCode));
    }

    [Theory]
    [InlineData("FILE is missing", "audit", "verify")]
    [InlineData("--contains wants a hash as verify prints it", "audit", "verify", "--contains", "12", "f")]
    [InlineData("--contains wants a hash as verify prints it", "audit", "verify", "--contains", "", "f")]
    [InlineData("--address is for commands that call a server", "-a", "localhost:1", "audit", "verify", "f")]
    [InlineData("cannot read the audit log '/nowhere/audit.log': there is no such file", "audit", "verify", "/nowhere/audit.log")]
    [InlineData("cannot read the audit log '/': it is a directory", "audit", "verify", "/")]
    public async Task What_cannot_be_done_is_said(string problem, params string[] args)
    {
        var run = await CommandRun.ExecuteAsync(args);

        Assert.Contains(problem, run.Error, StringComparison.Ordinal);
        Assert.Equal(("", 125), (run.Output, run.ExitCode));
    }

    public void Dispose() => _directory.Dispose();

    private static Task<CommandRun> VerifyAsync(params string[] args) =>
        CommandRun.ExecuteAsync(["audit", "verify", .. args]);

    private static string HashOf(string line) => line[^(AuditLine.HashLength + 2)..^2];

    private static string Sealed(ref string hash, string record)
    {
        var next = new byte[AuditLine.HashLength];
        AuditLine.Hash(Encoding.ASCII.GetBytes(hash + record), next);
        hash = Encoding.ASCII.GetString(next);
        return $"{record},\"hash\":\"{hash}\"}}";
    }

    private string Write(string name, IEnumerable<string> lines) =>
        _directory.Write(name, string.Concat(lines.Select(line => line + "\n")));
}
