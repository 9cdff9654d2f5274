using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Levity.Daemon.Security;
using Levity.Daemon.Security.Trust;

namespace Levity.Fuzz.Targets;

/// <summary>
/// A file of revocation lists: refused with its name, or one that the CA has signed. Without the signature, a list that
/// is understood is understood as .NET does.
/// </summary>
internal sealed class RevocationListTarget : IFuzzTarget
{
    // Alice's, which each list of this CA revokes.
    private static readonly CertificateNumber Revoked = CertificateNumber.Of(
        Convert.ToHexString(ClientAuthority.Certificate.SubjectName.RawData), [0x0A, 0x11, 0xCE]);

    private readonly WorkDirectory _directory = new();

    public void Take(byte[] input)
    {
        TakeFile(_directory.Write("list.crl", input));
        TakeUnsigned(input);
    }

    public void Dispose() => _directory.Dispose();

    private static void TakeFile(string file)
    {
        try
        {
            var lists = RevocationLists.Read(new TrustFile(file), [ClientAuthority.Certificate]);
            Promise.Require(lists.Have(Revoked), "a list of which something is missing");
        }
        catch (InvalidCertificateException e)
        {
            Promise.Require(e.Message.Contains($"'{file}'", StringComparison.Ordinal), "no name of the file");
        }
    }

    private static void TakeUnsigned(byte[] input)
    {
        try
        {
            var list = RevocationList.Read(input);
            var theirs = CertificateRevocationListBuilder.Load(input, out _, out var length);
            Promise.Require(length == input.Length, "something stands behind the list");
            foreach (var number in list.Revoked.Distinct())
            {
                // AddEntry takes the number as the list has it: with a zero in front where the sign would be.
                byte[] serial = [0, .. Convert.FromHexString(number.Serial)];
                Promise.Require(
                    theirs.RemoveEntry(serial) || theirs.RemoveEntry(serial.AsSpan(1)), $"{number.Serial} is not in it");
            }
        }
        catch (Exception e) when (e is InvalidDataException or CryptographicException)
        {
            // Ours refuses it, or theirs does: numbers of lists and of versions, extensions.
        }
    }
}
