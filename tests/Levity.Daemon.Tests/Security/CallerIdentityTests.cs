using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;
using Levity.Daemon.Security;
using static Levity.Daemon.Tests.Security.TestCertificates;

namespace Levity.Daemon.Tests.Security;

public sealed class CallerIdentityTests
{
    private const string Organisation = "2.5.4.10";

    [Theory]
    [InlineData("alice")]
    [InlineData("A")]
    [InlineData("0")]
    [InlineData("alice.smith_2@example.org+x-y")]
    [InlineData("a123456789a123456789a123456789a123456789a123456789a123456789a123")]
    public void The_one_Common_Name_is_the_callers_name(string name)
    {
        var identity = Identify(Name([CommonName(name)]), out var refusal);

        Assert.Equal(name, identity!.Name);
        Assert.Null(refusal);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData(" alice")]
    [InlineData("alice ")]
    [InlineData("alice smith")]
    [InlineData("-alice")]
    [InlineData(".alice")]
    [InlineData("_alice")]
    [InlineData("@alice")]
    [InlineData("+alice")]
    [InlineData("alice/bob")]
    [InlineData("../alice")]
    [InlineData("alice,CN=bob")]
    [InlineData("alice\0")]
    [InlineData("alice\0bob")]
    [InlineData("alice\n")]
    [InlineData("\x1b[31malice")]
    [InlineData("alice\x7f")]
    [InlineData("аlice")]
    [InlineData("alicе")]
    [InlineData("ａlice")]
    [InlineData("al\u00adice")]
    [InlineData("al\u200bice")]
    [InlineData("\u202ealice")]
    [InlineData("alice\u0301")]
    [InlineData("alıce")]
    [InlineData("ali\u212ae")]
    [InlineData("a123456789a123456789a123456789a123456789a123456789a123456789a1234")]
    public void A_name_that_could_be_taken_for_another_is_no_identity(string name)
    {
        Assert.Null(Identify(Name([CommonName(name)]), out var refusal));
        Assert.NotEmpty(refusal!);
        Assert.Null(Identify(Name([CommonName(name), Attribute(Organisation, Text("ACME"))]), out refusal));
        Assert.NotEmpty(refusal!);
    }

    [Fact]
    public void A_refusal_never_repeats_the_name()
    {
        Identify(Name([CommonName("alice\nbob logged in")]), out var refusal);

        Assert.DoesNotContain("bob", refusal!, StringComparison.Ordinal);
    }

    [Fact]
    public void A_certificate_without_a_Common_Name_names_nobody()
    {
        Assert.Null(Identify(Name([Attribute(Organisation, Text("alice"))]), out var refusal));
        Assert.Contains("no Common Name", refusal!, StringComparison.Ordinal);

        Assert.Null(Identify(Name(), out refusal));
        Assert.Contains("no Common Name", refusal!, StringComparison.Ordinal);
    }

    [Fact]
    public void Other_attributes_are_not_looked_at()
    {
        var name = Name(
            [Attribute(Organisation, Text("ACME, Inc."))],
            [Attribute("2.5.4.11", Text("CN=mallory"))],
            [CommonName("alice")],
            [Attribute("0.9.2342.19200300.100.1.1", Text("mallory"))]);

        Assert.Equal("alice", Identify(name, out _)!.Name);
    }

    [Theory]
    [InlineData("alice", "bob")]
    [InlineData("alice", "alice")]
    [InlineData("alice", "")]
    public void Two_Common_Names_are_no_identity(string one, string other)
    {
        Assert.Null(Identify(Name([CommonName(one)], [CommonName(other)]), out var refusal));

        Assert.Contains("more than one", refusal!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("alice", "bob")]
    [InlineData("bob", "alice")]
    [InlineData("alice", "alice")]
    public void Two_Common_Names_in_one_part_of_the_name_are_no_identity(string one, string other)
    {
        foreach (var rules in new[] { AsnEncodingRules.DER, AsnEncodingRules.BER })
        {
            Assert.Null(Identify(Name(rules, [CommonName(one), CommonName(other)]), out var refusal));
            Assert.NotEmpty(refusal!);
        }
    }

    [Fact]
    public void One_Common_Name_beside_other_attributes_in_one_part_is_an_identity() =>
        Assert.Equal(
            "alice", Identify(Name([CommonName("alice"), Attribute(Organisation, Text("ACME"))]), out _)!.Name);

    [Fact]
    public void A_second_Common_Name_hides_in_no_corner()
    {
        var beside = Name([CommonName("alice")], [Attribute(Organisation, Text("ACME")), CommonName("bob")]);

        Assert.Null(Identify(beside, out var refusal));
        Assert.Contains("more than one", refusal!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(UniversalTagNumber.UTF8String)]
    [InlineData(UniversalTagNumber.PrintableString)]
    [InlineData(UniversalTagNumber.BMPString)]
    [InlineData(UniversalTagNumber.T61String)]
    [InlineData(UniversalTagNumber.IA5String)]
    public void However_a_name_is_encoded_it_is_the_same_name(UniversalTagNumber encoding)
    {
        Assert.Equal("alice", Identify(Name([CommonName("alice", encoding)]), out _)!.Name);
        Assert.Equal(
            "alice",
            Identify(Name([CommonName("alice", encoding), Attribute(Organisation, Text("ACME"))]), out _)!.Name);
    }

    [Fact]
    public void The_bytes_of_an_encoding_are_not_the_name()
    {
        // BMPString is two bytes a letter: these are "愀氀", and not "al" with zeros between.
        Assert.Null(Identify(Name([CommonName("\u6100\u6c00", UniversalTagNumber.BMPString)]), out _));
    }

    [Fact]
    public void A_Common_Name_that_cannot_be_read_is_no_identity()
    {
        // A UniversalString, four bytes a letter, and a PrintableString with letters that it cannot have.
        byte[][] values = [[0x1c, 4, 0, 0, 0, (byte)'a'], [0x13, 3, (byte)'a', 0xc3, 0xa9]];

        foreach (var value in values)
        {
            var commonName = Attribute("2.5.4.3", writer => writer.WriteEncodedValue(value));
            Assert.Null(Identify(Name([commonName]), out var refusal));
            Assert.NotEmpty(refusal!);
            Assert.Null(Identify(Name([commonName, Attribute(Organisation, Text("ACME"))]), out refusal));
            Assert.NotEmpty(refusal!);
        }
    }

    [Fact]
    public void Names_that_differ_in_case_are_different_people() =>
        Assert.NotEqual(
            Identify(Name([CommonName("alice")]), out _)!.Name, Identify(Name([CommonName("Alice")]), out _)!.Name);

    [Fact]
    public void The_identity_ends_with_the_certificate()
    {
        var notAfter = new DateTimeOffset(2031, 7, 1, 12, 0, 0, TimeSpan.Zero);
        using var certificate = SelfSigned(new CertificateSpec { NotAfter = notAfter });

        Assert.Equal(notAfter, CallerIdentity.FromCertificate(certificate, out _)!.NotAfter);
    }

    [Theory]
    [InlineData(UniversalTagNumber.UTF8String)]
    [InlineData(UniversalTagNumber.PrintableString)]
    [InlineData(UniversalTagNumber.BMPString)]
    [InlineData(UniversalTagNumber.T61String)]
    public void A_NUL_behind_a_name_is_part_of_it(UniversalTagNumber encoding)
    {
        byte[] text = encoding == UniversalTagNumber.BMPString ? [0, (byte)'a', 0, 0] : [(byte)'a', 0];
        byte[] value = [(byte)encoding, (byte)text.Length, .. text];

        Assert.Null(Identify(Name([Attribute("2.5.4.3", writer => writer.WriteEncodedValue(value))]), out _));
    }

    private static Action<AsnWriter> Text(string text) =>
        writer => writer.WriteCharacterString(UniversalTagNumber.UTF8String, text);

    private static CallerIdentity? Identify(X500DistinguishedName name, out string? refusal)
    {
        using var certificate = SelfSigned(new CertificateSpec { Subject = name });
        return CallerIdentity.FromCertificate(certificate, out refusal);
    }
}
