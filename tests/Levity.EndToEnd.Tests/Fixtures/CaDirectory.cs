using System.Text.Json;

namespace Levity.EndToEnd.Tests.Fixtures;

/// <summary>A CA that <c>levity ca</c> keeps, in a directory that goes when the test does.</summary>
internal sealed class CaDirectory : IDisposable
{
    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("lv-ca-");

    public string Path => System.IO.Path.Combine(_home.FullName, "certs");

    public string PathOf(string name) => System.IO.Path.Combine(Path, name);

    public Identity Identity(string name) => new(PathOf($"{name}.crt"), PathOf($"{name}.key"));

    /// <param name="command">What follows <c>levity ca</c>.</param>
    /// <param name="launcher">A command that executes what follows it.</param>
    public Task<ProgramResult> TryAsync(IReadOnlyList<string> command, params IReadOnlyList<string> launcher) =>
        RunningProgram.RunAsync([.. launcher, PublishedPrograms.Levity, "ca", "--dir", Path, .. command]);

    public async Task RunAsync(params IReadOnlyList<string> command) => (await TryAsync(command)).Successful();

    /// <summary>What has been issued to anybody: the name, the state and the serial number.</summary>
    public async Task<IReadOnlyList<(string Name, string State, string Serial)>> IssuedAsync()
    {
        var lines = (await TryAsync(["list", "-o", "jsonl"])).Successful().OutputText;
        return
        [
            .. lines.TrimEnd('\n').Split('\n').Select(line => JsonDocument.Parse(line).RootElement)
                .Where(item => item.GetProperty("kind").GetString() is "user" or "server")
                .Select(item => (Text(item, "name"), Text(item, "state"), Text(item, "serial"))),
        ];
    }

    /// <summary>Fails unless openssl takes it for a user of this CA whom its list does not revoke.</summary>
    public async Task VerifyUserAsync(string name)
    {
        var result = await OpensslAsync(
            "verify", "-x509_strict", "-purpose", "sslclient", "-crl_check", "-CRLfile", PathOf("client-ca.crl"), "-CAfile",
            PathOf("client-ca.crt"), PathOf($"{name}.crt"));
        result.Successful();
    }

    public static Task<ProgramResult> OpensslAsync(params IReadOnlyList<string> arguments) =>
        RunningProgram.RunAsync(["openssl", .. arguments]);

    public void Dispose() => _home.Delete(recursive: true);

    private static string Text(JsonElement item, string name) => item.GetProperty(name).GetString()!;
}
