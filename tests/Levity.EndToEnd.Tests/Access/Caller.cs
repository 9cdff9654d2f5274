using System.Security.Cryptography.X509Certificates;
using Levity.EndToEnd.Tests.Fixtures;

namespace Levity.EndToEnd.Tests.Access;

/// <summary>Somebody of each role, as the configuration of <see cref="AccessServer"/> has them.</summary>
internal enum Caller
{
    Owner,
    Other,
    Viewer,
    Admin,

    /// <summary>Not in start.allow, and nothing else either.</summary>
    NoStart,

    /// <summary>The same, but with a share of the task that lets them read it.</summary>
    Reader,

    /// <summary>The same, with a share that lets them stop it.</summary>
    Signaller,

    /// <summary>The same, with a share that lets them write to it.</summary>
    Attacher,
}

/// <summary>What somebody shows at the door. Only the first of them is let in.</summary>
internal enum Shown
{
    Valid,
    WrongCa,
    Expired,
    ForServers,
    NoUsage,
    Nothing,
}

/// <summary>Everybody's certificates of each kind.</summary>
internal sealed class Callers(TestCertificates certificates)
{
    private readonly Dictionary<(Caller, Shown), Identity?> _issued = [];

    public static string NameOf(Caller caller) => caller switch
    {
        Caller.Owner => "alice",
        Caller.Other => "bob",
        Caller.Viewer => "vera",
        Caller.Admin => "adam",
        Caller.Reader => "rita",
        Caller.Signaller => "sam",
        Caller.Attacher => "arthur",
        _ => "dave",
    };

    public Identity? Of(Caller caller, Shown shown)
    {
        if (!_issued.TryGetValue((caller, shown), out var identity))
        {
            _issued[(caller, shown)] = identity = Issue(NameOf(caller), shown, $"{caller}-{shown}");
        }

        return identity;
    }

    private Identity? Issue(string name, Shown shown, string file)
    {
        var subject = new X500DistinguishedName($"CN={name}");
        string[] forClients = [CertificateAuthority.ClientAuthentication];
        var clients = certificates.Clients;
        return shown switch
        {
            Shown.Valid => clients.IssueUser(file, name),
            Shown.WrongCa => certificates.Strangers.IssueUser(file, name),
            Shown.Expired => clients.Issue(file, subject, forClients, TimeSpan.FromHours(-1)),
            Shown.ForServers => clients.Issue(file, subject, [CertificateAuthority.ServerAuthentication]),
            Shown.NoUsage => clients.Issue(file, subject, []),
            _ => null,
        };
    }
}
