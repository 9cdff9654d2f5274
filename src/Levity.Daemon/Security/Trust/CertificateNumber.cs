using System.Security.Cryptography.X509Certificates;
using Google.Protobuf;
using Levity.Protocol.Registry;

namespace Levity.Daemon.Security.Trust;

/// <summary>What a revocation list knows a certificate by: its issuer's name and its serial number, as hex of the DER.</summary>
internal readonly record struct CertificateNumber(string Issuer, string Serial)
{
    public static CertificateNumber Of(X509Certificate2 certificate) =>
        Of(Convert.ToHexString(certificate.IssuerName.RawData), certificate.SerialNumberBytes.Span);

    /// <param name="issuer">Its encoded name, in hex.</param>
    /// <param name="serial">A positive number, highest byte first; zeros in front of it mean nothing.</param>
    public static CertificateNumber Of(string issuer, ReadOnlySpan<byte> serial) =>
        new(issuer, Convert.ToHexString(serial.TrimStart((byte)0)));

    public static CertificateNumber Of(StartingCertificate.Types.Number number) =>
        Of(Convert.ToHexString(number.Issuer.Span), number.Serial.Span);

    public StartingCertificate.Types.Number ToMessage() => new()
    {
        Issuer = ByteString.CopyFrom(Convert.FromHexString(Issuer)),
        Serial = ByteString.CopyFrom(Convert.FromHexString(Serial)),
    };
}
