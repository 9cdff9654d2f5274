using System.Text.Json;
using Levity.EndToEnd.Tests.Fixtures;

namespace Levity.Soak.Scenarios;

/// <summary>
/// What testssl.sh finds at levityd's door: protocols, ciphers, key exchange, the certificate, and the attacks that have
/// names. Minutes, and so only in a whole run; sslscan's look in the end-to-end tests takes a moment.
/// </summary>
internal sealed class Testssl : IScenario
{
    private const string Tool = "/usr/bin/testssl";

    // How far it gets with its own openssl depends on when it is refused; ResumptionTests are about that.
    private const string NoCertificate = "it has no client certificate to show";

    // What it says in any case, and why that is as it is to be.
    private static readonly Dictionary<string, string> Expected = new()
    {
        ["engine_problem"] = "about the openssl that it uses itself, which has no GOST",
        ["service"] = "gRPC is not the HTTP that it knows",
        ["optimal_proto"] = NoCertificate,
        ["sessionresumption_ticket"] = NoCertificate,
        ["sessionresumption_ID"] = NoCertificate,
        ["cert_expirationStatus"] = "certificates of tests last a day",
        ["cert_notAfter"] = "certificates of tests last a day",
        ["cert_revocation"] = "a CA of one's own has no address to ask; clients are given what they trust as a file",
        ["DNS_CAArecord"] = "an IP address has no records in the DNS",
    };

    public string Name => "testssl";

    public string? Obstacle => File.Exists(Tool) ? null : "there is no testssl.sh";

    public async Task RunAsync(Soaking soaking)
    {
        if (soaking.Options.Quick)
        {
            soaking.Tally.Skip("it takes minutes");
            return;
        }

        await using var server = await LevityServer.StartAsync();
        var file = Path.Combine(server.Scratch, "testssl.json");
        await using var scan = RunningProgram.Start(
        [
            Tool, "--quiet", "--color", "0", "--warnings", "off", "--add-ca", server.Certificates.ServerCa, "--jsonfile", file,
            "--protocols", "--std", "--pfs", "--server-defaults", "--vulnerable", server.Address,
        ]);
        await Task.WhenAll(scan.Output.Ended, scan.Error.Ended).WaitAsync(soaking.CancellationToken);

        using var findings = JsonDocument.Parse(await File.ReadAllBytesAsync(file, soaking.CancellationToken));
        var offered = new HashSet<string>();
        foreach (var finding in findings.RootElement.EnumerateArray())
        {
            Look(soaking, offered, Text(finding, "id"), Text(finding, "severity"), Text(finding, "finding"));
        }

        // Else it has seen no server, which finds nothing either.
        if (!offered.SetEquals(["TLS1_3"]))
        {
            soaking.Tally.Violation(
                "TLS", $"it was offered {string.Join(" and ", offered.DefaultIfEmpty("nothing"))}; it said: {scan.Output.Text}");
        }
    }

    private static void Look(Soaking soaking, HashSet<string> offered, string id, string severity, string finding)
    {
        if (severity is not ("OK" or "INFO") && !Expected.ContainsKey(id))
        {
            soaking.Tally.Violation("TLS", $"testssl.sh says {severity} of {id}: {finding}");
        }

        if (id is "SSLv2" or "SSLv3" or "TLS1" or "TLS1_1" or "TLS1_2" or "TLS1_3"
            && finding.StartsWith("offered", StringComparison.Ordinal))
        {
            offered.Add(id);
        }
    }

    private static string Text(JsonElement finding, string member) => finding.GetProperty(member).GetString()!;
}
