using System.Xml.Linq;
using Levity.EndToEnd.Tests.Fixtures;

namespace Levity.EndToEnd.Tests.Tls;

/// <summary>What sslscan(1) finds at the server's door.</summary>
public sealed class SslscanTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private static readonly string[] Ciphers =
        ["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"];

    [Fact]
    public async Task There_is_nothing_but_TLS_1_3_with_strong_ciphers_and_a_sound_certificate()
    {
        await MachineTool.NeedAsync("sslscan", "sslscan", "--version");
        var file = Path.Combine(shared.Server.Scratch, "sslscan.xml");

        // In seconds: it takes an answer that is late for none.
        var scan = await RunningProgram.RunAsync(
            ["sslscan", "--timeout=50", "--connect-timeout=50", $"--xml={file}", shared.Server.Address]);

        scan.Successful();
        var found = XDocument.Load(file).Root!.Element("ssltest")!;
        Assert.Empty(found.Descendants("error"));
        Assert.Equal(
            ["tls 1.3"],
            found.Elements("protocol").Where(protocol => (bool)protocol.Attribute("enabled")!)
                .Select(protocol => $"{Text(protocol, "type")} {Text(protocol, "version")}"));
        Assert.False((bool)found.Element("renegotiation")!.Attribute("supported")!);
        Assert.All(found.Elements("heartbleed"), test => Assert.False((bool)test.Attribute("vulnerable")!));
        Assert.Equal(Ciphers, found.Elements("cipher").Select(cipher => Text(cipher, "cipher")).Order());
        Assert.DoesNotContain(found.Elements("cipher"), cipher => Text(cipher, "strength") is "weak" or "medium" or "null");

        // The weakest is ffdhe2048, as long as RSA 2048. Which ones there are is OpenSSL's to say.
        Assert.All(found.Elements("group"), group => Assert.InRange((int)group.Attribute("bits")!, 112, 512));
        var certificate = Assert.Single(found.Descendants("certificate"));
        Assert.Equal("ecdsa-with-SHA256", (string)certificate.Element("signature-algorithm")!);
        Assert.Equal("prime256v1", Text(certificate.Element("pk")!, "curve_name"));
        Assert.False((bool)certificate.Element("self-signed")!);
        Assert.False((bool)certificate.Element("expired")!);
    }

    private static string Text(XElement element, string attribute) => (string)element.Attribute(attribute)!;
}
