using System.Globalization;
using System.Net;

namespace Levity.Client;

/// <summary>Where the server is, as given: <c>HOST:PORT</c>, with an IPv6 address in brackets.</summary>
/// <param name="Host">A name or an IP address, without brackets.</param>
/// <param name="Port">1 to 65535.</param>
public sealed record ServerAddress(string Host, int Port)
{
    /// <summary>The address in numbers, if that is what was given: then nothing needs to be looked up.</summary>
    public IPAddress? Literal { get; } = IPAddress.TryParse(Host, out var address) ? address : null;

    /// <summary>For gRPC, which wants it once more. A scope (fe80::1%eth0) means nothing to the server.</summary>
    public Uri Uri => new($"https://{new ServerAddress(Host.Split('%')[0], Port)}");

    public static ServerAddress Parse(Setting setting)
    {
        var text = setting.Value;
        var colon = text.LastIndexOf(':');
        if (colon < 0)
        {
            throw Unusable(setting, $"it has no port: did you mean {text}:4321?");
        }

        var host = text[..colon];
        if (host is ['[', .. var inner, ']'])
        {
            host = inner;
        }
        else if (Uri.CheckHostName(host) == UriHostNameType.IPv6)
        {
            throw Unusable(setting, "write an IPv6 address in brackets: [::1]:4321");
        }

        if (Uri.CheckHostName(host) is UriHostNameType.Unknown or UriHostNameType.Basic)
        {
            throw Unusable(setting, "write HOST:PORT, such as 127.0.0.1:4321");
        }

        return int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            && port is > 0 and <= ushort.MaxValue
            ? new ServerAddress(host, port)
            : throw Unusable(setting, "the port is a number from 1 to 65535");
    }

    public override string ToString() => Host.Contains(':') ? $"[{Host}]:{Port}" : $"{Host}:{Port}";

    private static LevityException Unusable(Setting setting, string reason) =>
        new(LevityErrorKind.Configuration, $"the server address {setting} cannot be used: {reason}");
}
