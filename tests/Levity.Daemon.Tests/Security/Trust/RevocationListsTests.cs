using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Levity.Daemon.Security;
using Levity.Daemon.Security.Trust;
using static Levity.Daemon.Tests.Security.TestCertificates;

namespace Levity.Daemon.Tests.Security.Trust;

public sealed class RevocationListsTests : IDisposable
{
    private readonly TemporaryDirectory _files = new();
    private readonly X509Certificate2 _authority = NewAuthority();
    private readonly X509Certificate2 _other = NewAuthority("Other CA");
    private readonly X509Certificate2 _alice;
    private readonly X509Certificate2 _bob;

    public RevocationListsTests() => (_alice, _bob) = (_authority.Issue(new()), _authority.Issue(new()));

    public void Dispose()
    {
        _alice.Dispose();
        _bob.Dispose();
        _authority.Dispose();
        _other.Dispose();
        _files.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_list_has_whom_it_revokes_and_nobody_else(bool asPem)
    {
        var lists = Read(Encode(asPem, _authority.Revoke(_alice)));

        Assert.True(lists.Have(CertificateNumber.Of(_alice)));
        Assert.False(lists.Have(CertificateNumber.Of(_bob)));
        Assert.Equal(1, lists.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Lists_of_several_authorities_stand_in_one_file(bool asPem)
    {
        using var carol = _other.Issue(new());
        var lists = Read(Encode(asPem, _authority.Revoke(_alice), _other.Revoke(carol)));

        Assert.True(lists.Have(CertificateNumber.Of(_alice)));
        Assert.True(lists.Have(CertificateNumber.Of(carol)));
        Assert.False(lists.Have(CertificateNumber.Of(_bob)));
    }

    [Fact]
    public void An_empty_list_revokes_nobody() => Assert.Equal(0, Read(_authority.Revoke()).Count);

    [Fact]
    public void The_same_serial_number_of_another_authority_is_another_certificate()
    {
        var list = new CertificateRevocationListBuilder();
        list.AddEntry(_alice.SerialNumberBytes.Span);

        var lists = Read(_other.Build(list));

        Assert.False(lists.Have(CertificateNumber.Of(_alice)));
        Assert.Equal(1, lists.Count);
    }

    [Theory]
    [InlineData("SHA384")]
    [InlineData("SHA512")]
    public void Longer_hashes_are_as_good(string hash) => Assert.Equal(
        0, Read(_authority.Build(new CertificateRevocationListBuilder(), hash: new HashAlgorithmName(hash))).Count);

    [Fact]
    public void An_authority_with_an_RSA_key_is_as_good()
    {
        using var key = RSA.Create(2048);
        var now = TimeProvider.System.GetUtcNow();
        var request = new CertificateRequest("CN=RSA CA", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var authority = request.CreateSelfSigned(now, now.AddHours(1));
        var list = new CertificateRevocationListBuilder();
        list.AddEntry([1]);
        var encoded = list.Build(
            authority.SubjectName,
            X509SignatureGenerator.CreateForRSA(key, RSASignaturePadding.Pkcs1),
            crlNumber: 1,
            now.AddDays(1),
            HashAlgorithmName.SHA256,
            X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier([1]));

        Assert.Equal(1, RevocationLists.Read(FileOf(encoded), [authority]).Count);
    }

    [Fact]
    public void A_list_of_version_1_is_as_good()
    {
        // It has no version, no extensions, and here not even a next update.
        var list = Sign(_authority, writer => WriteList(writer, _authority, version: null, serial: [7], extension: null));

        var lists = Read(list);

        Assert.True(lists.Have(CertificateNumber.Of(Convert.ToHexString(_authority.SubjectName.RawData), [7])));
        Assert.Null(Assert.Single(lists.All).NextUpdate);
    }

    [Fact]
    public void A_list_of_nobody_whom_we_trust_is_refused() =>
        AssertRefused(_other.Revoke(), "'CN=Other CA', which is none of the CAs");

    [Fact]
    public void A_list_that_is_signed_by_somebody_else_of_the_same_name_is_refused()
    {
        using var sameName = NewAuthority();

        AssertRefused(sameName.Revoke(_alice), "not signed by that CA");
    }

    [Fact]
    public void One_bad_list_makes_all_of_the_file_bad()
    {
        var file = FileOf([.. _authority.Revoke(_alice), .. _other.Revoke()]);

        var refusal = Assert.Throws<InvalidCertificateException>(() => RevocationLists.Read(file, [_authority]));

        Assert.Contains("list 2", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_root_that_may_not_sign_lists_has_signed_none()
    {
        using var modest = SelfSigned(new()
        {
            Subject = new("CN=Modest CA"),
            Usages = [],
            IsAuthority = true,
            Extensions = [new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true)],
        });
        var file = FileOf(modest.Revoke());

        Assert.Throws<InvalidCertificateException>(() => RevocationLists.Read(file, [modest]));
    }

    [Theory]
    [InlineData("2.5.29.28")]
    [InlineData("2.5.29.27")]
    public void A_list_of_a_part_or_of_changes_is_refused(string extension)
    {
        var list = Sign(_authority, writer => WriteList(writer, _authority, version: 1, serial: [7], extension));

        AssertRefused(list, $"critical extension ({extension})");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void A_list_of_another_version_is_refused(int version) => AssertRefused(
        Sign(_authority, writer => WriteList(writer, _authority, version, serial: [7], extension: null)), "version");

    [Fact]
    public void A_serial_number_below_zero_is_refused() => AssertRefused(
        Sign(_authority, writer => WriteList(writer, _authority, version: 1, serial: [0x80], extension: null)), "below zero");

    [Fact]
    public void Each_beginning_of_a_list_is_an_error_and_no_crash()
    {
        var list = _authority.Revoke(_alice, _bob);
        for (var length = 0; length < list.Length; length++)
        {
            AssertRefused(list[..length]);
        }
    }

    [Fact]
    public void Each_beginning_of_a_list_in_PEM_is_an_error_and_no_crash()
    {
        var list = Encode(asPem: true, _authority.Revoke(_alice));
        for (var length = 0; length < list.Length; length++)
        {
            AssertRefused(list[..length]);
        }
    }

    [Fact]
    public void Whatever_byte_is_another_one_the_list_is_an_error_and_no_crash()
    {
        var list = _authority.Revoke(_alice, _bob);
        var random = new Random(14);
        for (var index = 0; index < list.Length; index++)
        {
            var changed = list.ToArray();
            changed[index] ^= (byte)random.Next(1, 256);
            AssertRefused(changed);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("no list")]
    [InlineData("-----BEGIN X509 CRL-----\n!!!!\n-----END X509 CRL-----")]
    [InlineData("-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----")]
    [InlineData("-----BEGIN X509 CRL-----\n-----END X509 CRL-----")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----")]
    public void What_is_no_list_is_refused_with_the_files_name(string content) =>
        AssertRefused(Encoding.ASCII.GetBytes(content));

    [Fact]
    public void Bytes_behind_a_list_are_refused() => AssertRefused([.. _authority.Revoke(), 0]);

    private RevocationLists Read(byte[] content) => RevocationLists.Read(FileOf(content), [_authority, _other]);

    private TrustFile FileOf(byte[] content)
    {
        File.WriteAllBytes(_files["list.crl"], content);
        return new TrustFile(_files["list.crl"]);
    }

    private void AssertRefused(byte[] content, string why = "")
    {
        var file = FileOf(content);

        var refusal = Assert.Throws<InvalidCertificateException>(() => RevocationLists.Read(file, [_authority]));

        Assert.Contains($"'{file.Path}'", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(why, refusal.Message, StringComparison.Ordinal);
    }

    private static byte[] Encode(bool asPem, params IEnumerable<byte[]> lists) => asPem
        ? Encoding.ASCII.GetBytes(string.Join("\n", lists.Select(list => PemEncoding.WriteString("X509 CRL", list))))
        : [.. lists.SelectMany(list => list)];

    // RFC 5280, 5.1: what .NET does not write.
    private static void WriteList(
        AsnWriter writer, X509Certificate2 authority, int? version, byte[] serial, string? extension)
    {
        if (version is { } number)
        {
            writer.WriteInteger(number);
        }

        WriteAlgorithm(writer);
        writer.WriteEncodedValue(authority.SubjectName.RawData);
        writer.WriteUtcTime(TimeProvider.System.GetUtcNow());
        using (writer.PushSequence())
        using (writer.PushSequence())
        {
            writer.WriteInteger(serial);
            writer.WriteUtcTime(TimeProvider.System.GetUtcNow());
        }

        if (extension is not null)
        {
            using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
            using (writer.PushSequence())
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier(extension);
                writer.WriteBoolean(true);
                writer.WriteOctetString([0x30, 0]);
            }
        }
    }

    private static byte[] Sign(X509Certificate2 authority, Action<AsnWriter> write)
    {
        var signed = new AsnWriter(AsnEncodingRules.DER);
        using (signed.PushSequence())
        {
            write(signed);
        }

        using var key = authority.GetECDsaPrivateKey()!;
        var list = new AsnWriter(AsnEncodingRules.DER);
        using (list.PushSequence())
        {
            list.WriteEncodedValue(signed.Encode());
            WriteAlgorithm(list);
            list.WriteBitString(
                key.SignData(signed.Encode(), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
        }

        return list.Encode();
    }

    private static void WriteAlgorithm(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier("1.2.840.10045.4.3.2");
        }
    }
}
