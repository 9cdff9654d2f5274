using Levity.Cli.Authority;
using Levity.Protocol;

namespace Levity.Cli.Tests.Authority;

public sealed class IndexFileTests
{
    private static readonly DateTimeOffset Begin = new(2030, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private static readonly CertificateIndex Example = new(
        [
            Certificate(Purpose.Server, "server"),
            Certificate(Purpose.User, "alice") with { Revocation = new Revocation(Begin.AddDays(1), "key-compromise") },
            Certificate(Purpose.User, "alice"),
        ],
        ListNumber: 7);

    [Fact]
    public void An_index_reads_back_as_it_was_written()
    {
        var read = IndexFile.Parse(IndexFile.Format(Example));

        Assert.Equal(Example.Certificates, read.Certificates);
        Assert.Equal(7, read.ListNumber);
        Assert.Empty(IndexFile.Parse(IndexFile.Format(CertificateIndex.Empty)).Certificates);
    }

    [Theory]
    [InlineData(1, "\"version\":1", "\"version\":2")]
    [InlineData(1, "\"listNumber\":7", "\"listNumber\":\"7\"")]
    [InlineData(1, "\"listNumber\":7", "\"listNumber\":-7")]
    [InlineData(1, "{", "[")]
    [InlineData(1, "\"certificates\":3", "\"certificates\":3,\"certificates\":3")]
    [InlineData(2, "\"serial\":\"", "\"serial\":\"x")]
    [InlineData(2, "\"kind\":\"server\"", "\"kind\":\"root\"")]
    [InlineData(2, "\"name\":\"server\"", "\"name\":\"../server\"")]
    [InlineData(2, "\"name\":\"server\"", "\"name\":null")]
    [InlineData(2, "\"name\":\"server\"", "\"name\":\"server\",\"more\":1")]
    [InlineData(2, "2030-01-02T03:04:05Z", "2030-01-02")]
    [InlineData(2, "2030-01-02T03:04:05Z", "2040-01-02T03:04:05Z")]
    [InlineData(2, "}", "} x")]
    [InlineData(3, "\"reason\":\"key-compromise\"", "\"reason\":\"spite\"")]
    [InlineData(3, ",\"reason\":\"key-compromise\"", "")]
    [InlineData(3, "\"revokedAt\":\"2030", "\"revokedAt\":\"zzzz")]
    public void A_line_that_is_not_as_we_write_it_is_damage(int line, string old, string damaged)
    {
        var lines = IndexFile.Format(Example).Split('\n');
        Assert.Contains(old, lines[line - 1], StringComparison.Ordinal);
        var at = lines[line - 1].IndexOf(old, StringComparison.Ordinal);
        lines[line - 1] = lines[line - 1][..at] + damaged + lines[line - 1][(at + old.Length)..];

        var e = Assert.Throws<FormatException>(() => IndexFile.Parse(string.Join('\n', lines)));

        Assert.StartsWith($"line {line}: ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Wherever_a_file_is_cut_off_that_is_found_out()
    {
        var text = IndexFile.Format(Example);

        for (var length = 0; length < text.Length; length++)
        {
            Assert.Throws<FormatException>(() => IndexFile.Parse(text[..length]));
        }
    }

    [Fact]
    public void A_line_that_is_lost_and_one_that_is_there_twice_are_found_out()
    {
        var lines = IndexFile.Format(Example).Split('\n');

        Assert.Throws<FormatException>(() => IndexFile.Parse(string.Join('\n', lines.Where((_, i) => i != 2))));
        var twice = Assert.Throws<FormatException>(
            () => IndexFile.Parse(string.Join('\n', [lines[0], lines[1], lines[1], lines[2], ""])));
        Assert.StartsWith("line 3: the serial number", twice.Message, StringComparison.Ordinal);
    }

    private static IssuedCertificate Certificate(Purpose purpose, string text)
    {
        Assert.True(UserName.TryParse(text, out var name));
        return new IssuedCertificate(SerialNumber.New(), purpose, name, Begin, Begin.AddDays(365));
    }
}
