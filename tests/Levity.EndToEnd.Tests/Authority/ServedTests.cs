using Levity.EndToEnd.Tests.Fixtures;

namespace Levity.EndToEnd.Tests.Authority;

/// <summary>levityd and levity with what <c>levity ca</c> has made for them.</summary>
public sealed class ServedTests
{
    [Fact]
    public async Task A_server_and_a_user_of_the_CA_trust_each_other_and_nobody_elses_user_is_let_in()
    {
        using var ca = new CaDirectory();
        await ca.RunAsync("init");
        await ca.RunAsync("issue-server");
        await ca.RunAsync("issue-user", "alice");
        await using var server = await LevityServer.StartAsync();
        var stranger = server.Certificates.Alice;
        File.Copy(ca.PathOf("server.crt"), server.Certificates.Server.CertificateFile, overwrite: true);
        File.Copy(ca.PathOf("server.key"), server.Certificates.Server.KeyFile, overwrite: true);
        File.Copy(ca.PathOf("client-ca.crt"), server.Certificates.ClientCa, overwrite: true);
        File.Copy(ca.PathOf("server-ca.crt"), server.Certificates.ServerCa, overwrite: true);
        await server.SigtermAsync();
        await server.RestartAsync();

        var id = await server.Cli(ca.Identity("alice")).StartTaskAsync("true");
        var task = await server.Cli(ca.Identity("alice")).RunAsync("inspect", id);

        Assert.Matches("owner: +alice\n", task.Successful().OutputText);
        (await server.Cli(stranger).RunAsync("query", id)).Refusal();
    }
}
