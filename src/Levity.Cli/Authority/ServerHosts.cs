using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;

namespace Levity.Cli.Authority;

/// <summary>What a server is called by its clients: the subject alternative names of its certificate.</summary>
internal static partial class ServerHosts
{
    private const int LongestName = 253;

    public static IReadOnlyList<string> ThisMachine => ["localhost", "127.0.0.1", "::1"];

    /// <summary>Whether it is a DNS name (also <c>*.example.org</c>) or an IP address as it is usually written.</summary>
    public static bool IsHost(string host) => AddressOf(host) is not null || IsName(host);

    public static X509Extension Extension(IEnumerable<string> hosts)
    {
        var names = new SubjectAlternativeNameBuilder();
        foreach (var host in hosts)
        {
            if (AddressOf(host) is { } address)
            {
                names.AddIpAddress(address);
            }
            else
            {
                names.AddDnsName(host);
            }
        }

        return names.Build();
    }

    // The platform also takes 1, 0x7f.1, 010.0.0.1 and fe80::1%eth0 for addresses.
    private static IPAddress? AddressOf(string host) =>
        IPAddress.TryParse(host, out var address)
        && (host.Contains(':', StringComparison.Ordinal) ? Ipv6().IsMatch(host) : address.ToString() == host)
            ? address
            : null;

    private static bool IsName(string host) => host.Length <= LongestName && DnsName().IsMatch(host);

    [GeneratedRegex(@"\A[0-9A-Fa-f:.]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex Ipv6();

    // The last label is not a number: it would be part of an address.
    [GeneratedRegex(
        @"\A(\*\.)?([A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?\.)*(?![0-9]+\z)[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\z",
        RegexOptions.CultureInvariant)]
    private static partial Regex DnsName();
}
