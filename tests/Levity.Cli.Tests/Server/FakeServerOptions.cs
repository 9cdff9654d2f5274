using System.Security.Authentication;
using Levity.Cli.Tests.Certificates;

namespace Levity.Cli.Tests.Server;

/// <summary>What a <see cref="FakeServer"/> is made from.</summary>
internal sealed record FakeServerOptions(IssuedCertificate Certificate, TestAuthority ClientAuthority)
{
    public SslProtocols Protocols { get; init; } = SslProtocols.Tls13;

    /// <summary>0 takes a free one.</summary>
    public int Port { get; init; }
}
