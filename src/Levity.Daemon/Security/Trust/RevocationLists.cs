using System.Collections.Frozen;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Levity.Daemon.Security.Trust;

/// <summary>The certificates that are no longer good, of all lists in one file.</summary>
internal sealed class RevocationLists
{
    public static readonly RevocationLists None = new([]);

    private const string Label = "X509 CRL";

    private readonly FrozenSet<CertificateNumber> _revoked;

    private RevocationLists(IReadOnlyList<RevocationList> lists)
    {
        All = lists;
        _revoked = lists.SelectMany(list => list.Revoked).ToFrozenSet();
    }

    public IReadOnlyList<RevocationList> All { get; }

    public int Count => _revoked.Count;

    public bool Have(CertificateNumber certificate) => _revoked.Contains(certificate);

    /// <summary>
    /// Reads a file of lists, in PEM or in DER, one after the other. Each must be signed by one of the roots.
    /// </summary>
    /// <exception cref="InvalidCertificateException">One of them is no good: then none counts.</exception>
    public static RevocationLists Read(TrustFile file, X509Certificate2Collection roots)
    {
        var lists = new List<RevocationList>();
        try
        {
            foreach (var encoded in IsDer(file.Content.Span) ? SplitDer(file.Content) : SplitPem(file.Text))
            {
                var list = RevocationList.Read(encoded);
                RevocationSignature.Require(list, roots);
                lists.Add(list);
            }
        }
        catch (Exception e) when (e is InvalidDataException or AsnContentException or CryptographicException)
        {
            throw new InvalidCertificateException(
                $"list {lists.Count + 1} of '{file.Path}' cannot be used: {e.Message}", e);
        }

        return lists.Count > 0
            ? new RevocationLists(lists)
            : throw new InvalidCertificateException($"'{file.Path}' holds no revocation list (PEM: BEGIN {Label}, or DER)");
    }

    // A SEQUENCE whose length does not fit into seven bits; no text has such a byte.
    private static bool IsDer(ReadOnlySpan<byte> content) => content is [0x30, >= 0x80, ..];

    private static IEnumerable<ReadOnlyMemory<byte>> SplitDer(ReadOnlyMemory<byte> content)
    {
        var reader = new AsnReader(content, AsnEncodingRules.DER);
        while (reader.HasData)
        {
            yield return reader.ReadEncodedValue();
        }
    }

    private static IEnumerable<ReadOnlyMemory<byte>> SplitPem(string text)
    {
        var rest = text;
        while (PemEncoding.TryFind(rest, out var block))
        {
            if (rest[block.Label] != Label)
            {
                throw new InvalidDataException($"it is a {rest[block.Label]}, and no {Label}");
            }

            // What stands in front of a block is a comment, unless it is one that lacks its end.
            RequireNoBlock(rest[..block.Location.Start.Value]);
            yield return Convert.FromBase64String(rest[block.Base64Data]);
            rest = rest[block.Location.End..];
        }

        RequireNoBlock(rest);
    }

    private static void RequireNoBlock(string comment)
    {
        if (comment.Contains("-----BEGIN", StringComparison.Ordinal))
        {
            throw new InvalidDataException("it begins, and does not end");
        }
    }
}
