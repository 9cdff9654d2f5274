using System.Text;
using Levity.Protocol.Audit;

namespace Levity.Daemon.Tests.Audit;

/// <summary>What levityd has written, changed by somebody: found at the line where it begins to be wrong.</summary>
public sealed class AuditChainTests : IDisposable
{
    private readonly AuditFiles _files = new();
    private readonly List<string> _lines;

    public AuditChainTests()
    {
        _files.Write("/a", "/b", "/c", "/d");
        _lines = [.. _files.Lines()];
    }

    [Fact]
    public void What_nobody_has_changed_is_good() => Assert.Equal((5, null), Check());

    [Fact]
    public void A_byte_that_was_changed_is_found_wherever_it_is()
    {
        var good = _lines[2];
        for (var i = 0; i < good.Length; i++)
        {
            _lines[2] = $"{good[..i]}{(good[i] == '7' ? '8' : '7')}{good[(i + 1)..]}";

            var (lines, problem) = Check();

            Assert.True(lines == 2 && problem is not null, $"{lines} good lines, {problem}: {_lines[2]}");
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void A_line_that_was_removed_is_found(int line)
    {
        _lines.RemoveAt(line);

        var (lines, problem) = Check();

        Assert.Equal(line, lines);
        Assert.Contains(line == 0 ? "missing" : "removed", problem!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Two_lines_that_were_swapped_are_found(int line)
    {
        (_lines[line], _lines[line + 1]) = (_lines[line + 1], _lines[line]);

        Assert.Equal(line, Check().Lines);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void A_line_that_was_inserted_is_found(int line)
    {
        _lines.Insert(line, _lines[line]);

        Assert.Equal(line + 1, Check().Lines);
    }

    [Fact]
    public void A_line_that_was_changed_with_its_own_hash_made_anew_is_found_at_the_next()
    {
        _lines[2] = Sealed(HashOf(_lines[1]), _lines[2].Replace("/b", "/x", StringComparison.Ordinal));

        var (lines, problem) = Check();

        Assert.Equal(3, lines);
        Assert.Contains("it was changed, or what is before it", problem!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("not json")]
    public void What_is_no_record_is_found(string line)
    {
        _lines.Insert(2, line);

        Assert.Equal((2, "it is no record of an audit log"), Check());
    }

    [Fact]
    public void What_is_no_record_is_found_although_its_hash_is_right()
    {
        foreach (var record in new[] { "{\"seq\":3,\"x", "[3", "{\"seq\":\"3\"", "{\"seq\":3.5", "{\"seq\":-3", "{\"seq\":3}{" })
        {
            _lines[2] = Sealed(HashOf(_lines[1]), record + ",\"hash\":\"");

            Assert.Equal((2, "it is no record of an audit log"), Check());
        }
    }

    [Fact]
    public void A_line_that_was_cut_short_is_found_within_and_torn_at_the_end()
    {
        _lines[2] = _lines[2][..^1];
        Assert.Equal((2, "it is no record of an audit log"), Check());

        _files.Replace($"{_lines[0]}\n{_lines[1][..^1]}");
        var finding = AuditFiles.Check(_files.Current);
        Assert.Equal((1, _lines[1].Length - 1), (finding.Lines, finding.Torn));
    }

    [Fact]
    public void A_line_without_an_end_is_no_reason_to_read_on_for_ever()
    {
        _files.Replace($"{_lines[0]}\n{new string('x', 1_000_000)}\n");

        var finding = AuditFiles.Check(_files.Current);

        Assert.Equal((1, "it is longer than any record"), (finding.Lines, finding.Problem));
    }

    [Fact]
    public void A_hash_that_was_noted_is_found_as_long_as_its_record_is_there()
    {
        var noted = Encoding.ASCII.GetBytes(HashOf(_lines[4]));
        var there = new AuditChain { Wanted = noted };
        AuditFiles.Check(_files.Current, there);
        _lines.RemoveAt(4);
        Assert.Equal((4, null), Check());
        var gone = new AuditChain { Wanted = noted };
        AuditFiles.Check(_files.Current, gone);

        Assert.Equal((true, false), (there.HasWanted, gone.HasWanted));
    }

    public void Dispose() => _files.Dispose();

    private static string HashOf(string line) => line[^(AuditLine.HashLength + 2)..^2];

    /// <summary>The line with the hash that it would have behind this one.</summary>
    private static string Sealed(string previous, string line)
    {
        var record = line[..line.LastIndexOf(",\"hash\":\"", StringComparison.Ordinal)];
        var hash = new byte[AuditLine.HashLength];
        AuditLine.Hash(Encoding.ASCII.GetBytes(previous + record), hash);
        return $"{record},\"hash\":\"{Encoding.ASCII.GetString(hash)}\"}}";
    }

    private (long Lines, string? Problem) Check()
    {
        _files.Replace(string.Concat(_lines.Select(line => line + "\n")));
        var finding = AuditFiles.Check(_files.Current);
        return (finding.Lines, finding.Problem);
    }
}
