using System.Formats.Asn1;

namespace Levity.Daemon.Security.Trust;

/// <summary>
/// One certificate revocation list as it is written (RFC 5280, 5.1). Read here, because .NET makes such lists and does
/// not tell what is in one; strictly, because what is overlooked here is somebody let in.
/// </summary>
internal sealed class RevocationList
{
    private static readonly Asn1Tag Extensions = new(TagClass.ContextSpecific, 0);

    private RevocationList(ReadOnlyMemory<byte> encoded)
    {
        var outer = new AsnReader(encoded, AsnEncodingRules.DER);
        var list = outer.ReadSequence();
        outer.ThrowIfNotEmpty();
        SignedBytes = list.PeekEncodedValue();
        var signed = list.ReadSequence();
        var algorithm = list.PeekEncodedValue();
        SignatureAlgorithm = list.ReadSequence().ReadObjectIdentifier();
        Signature = list.ReadBitString(out var unused);
        list.ThrowIfNotEmpty();
        if (unused != 0)
        {
            throw new InvalidDataException("its signature is no whole number of bytes");
        }

        ReadVersion(signed);
        if (!signed.ReadEncodedValue().Span.SequenceEqual(algorithm.Span))
        {
            throw new InvalidDataException("it names two algorithms for one signature");
        }

        Issuer = signed.PeekEncodedValue();
        signed.ReadSequence();
        ReadTime(signed);
        NextUpdate = IsTime(signed) ? ReadTime(signed) : null;
        Revoked = signed.HasData && signed.PeekTag() == Asn1Tag.Sequence ? ReadEntries(signed.ReadSequence()) : [];
        if (signed.HasData)
        {
            var wrapped = signed.ReadSequence(Extensions);
            RequireNoneIsCritical(wrapped);
            wrapped.ThrowIfNotEmpty();
        }

        signed.ThrowIfNotEmpty();
    }

    /// <summary>The encoded name of whom it is of.</summary>
    public ReadOnlyMemory<byte> Issuer { get; }

    /// <summary>When it is out of date; null when it does not say.</summary>
    public DateTimeOffset? NextUpdate { get; }

    public IReadOnlyList<CertificateNumber> Revoked { get; }

    public ReadOnlyMemory<byte> SignedBytes { get; }

    /// <summary>The object identifier.</summary>
    public string SignatureAlgorithm { get; }

    public ReadOnlyMemory<byte> Signature { get; }

    /// <summary>Reads a list, and nothing behind it. The signature is not looked at.</summary>
    /// <exception cref="InvalidDataException">It is no list, or one of which not all is understood.</exception>
    public static RevocationList Read(ReadOnlyMemory<byte> encoded)
    {
        try
        {
            return new RevocationList(encoded);
        }
        catch (AsnContentException e)
        {
            throw new InvalidDataException($"it is no certificate revocation list, or not all of one ({e.Message})", e);
        }
    }

    // Absent in version 1, which has no extensions; 1 means version 2, and there is no other.
    private static void ReadVersion(AsnReader signed)
    {
        if (signed.PeekTag() == Asn1Tag.Integer && (!signed.TryReadInt32(out var version) || version != 1))
        {
            throw new InvalidDataException("it is of a version that is not known (RFC 5280 has 2)");
        }
    }

    private static bool IsTime(AsnReader reader) =>
        reader.HasData && (reader.PeekTag() == Asn1Tag.UtcTime || reader.PeekTag() == Asn1Tag.GeneralizedTime);

    private static DateTimeOffset ReadTime(AsnReader reader) =>
        reader.PeekTag() == Asn1Tag.UtcTime ? reader.ReadUtcTime() : reader.ReadGeneralizedTime();

    private List<CertificateNumber> ReadEntries(AsnReader entries)
    {
        var issuer = Convert.ToHexString(Issuer.Span);
        var revoked = new List<CertificateNumber>();
        while (entries.HasData)
        {
            var entry = entries.ReadSequence();
            var serial = entry.ReadIntegerBytes().Span;
            if ((serial[0] & 0x80) != 0)
            {
                throw new InvalidDataException("it has a serial number below zero, which no certificate may have");
            }

            revoked.Add(CertificateNumber.Of(issuer, serial));
            ReadTime(entry);
            if (entry.HasData)
            {
                RequireNoneIsCritical(entry);
                entry.ThrowIfNotEmpty();
            }
        }

        return revoked;
    }

    // What is critical changes what the list means: one part of all, changes to another one, entries of other issuers.
    private static void RequireNoneIsCritical(AsnReader reader)
    {
        var extensions = reader.ReadSequence();
        while (extensions.HasData)
        {
            var extension = extensions.ReadSequence();
            var identifier = extension.ReadObjectIdentifier();
            if (extension.PeekTag() == Asn1Tag.Boolean && extension.ReadBoolean())
            {
                throw new InvalidDataException(
                    $"it has a critical extension ({identifier}): only whole lists of one issuer are understood");
            }

            extension.ReadOctetString();
            extension.ThrowIfNotEmpty();
        }
    }
}
