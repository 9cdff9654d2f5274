using Grpc.Core;
using Levity.EndToEnd.Tests.Fixtures;
using Levity.Protocol;

namespace Levity.EndToEnd.Tests.Authority;

/// <summary>levityd and levity with what <c>levity ca</c> has made for them.</summary>
public sealed class ServedTests
{
    [Fact]
    public async Task A_server_and_a_user_of_the_CA_trust_each_other_and_nobody_elses_user_is_let_in()
    {
        using var ca = await CaOfAsync("alice");
        await using var server = await LevityServer.StartAsync();
        var stranger = server.Certificates.Alice;
        await MoveToAsync(server, ca);

        var id = await server.Cli(ca.Identity("alice")).StartTaskAsync("true");
        var task = await server.Cli(ca.Identity("alice")).RunAsync("inspect", id);

        Assert.Matches("owner: +alice\n", task.Successful().OutputText);
        (await server.Cli(stranger).RunAsync("query", id)).Refusal();
    }

    [Fact]
    public async Task Who_is_revoked_is_out_without_a_restart_and_back_with_a_new_certificate()
    {
        using var ca = await CaOfAsync("alice", "bob");
        await using var server = await LevityServer.StartAsync();
        await MoveToAsync(server, ca);
        var alice = server.Client(ca.Identity("alice"));
        var task = await alice.ShellAsync("echo ready; exec sleep 300");
        using var log = alice.Follow(task);
        await log.NextAsync();
        var bob = server.Client(ca.Identity("bob"));
        var taskOfBob = await bob.ShellAsync("echo ready; exec sleep 300");
        using var logOfBob = bob.Follow(taskOfBob);
        await logOfBob.NextAsync();

        await ca.RunAsync("revoke", "alice");

        var end = await Assert.ThrowsAsync<RpcException>(() => log.NextAsync());
        Assert.Equal(
            (StatusCode.Unauthenticated, "the certificate of alice has been revoked"), (end.StatusCode, end.Status.Detail));
        var refusal = (await server.Cli(ca.Identity("alice")).RunAsync("query", task)).Refusal();
        Assert.Contains("refuse our certificate", refusal, StringComparison.Ordinal);

        // Her tasks are her name's.
        await ca.RunAsync("issue-user", "alice", "--force");
        var renewed = await server.Client(ca.Identity("alice")).QueryAsync(task);
        Assert.Equal((TaskStatusCode.Running, "alice"), (renewed.StatusCode, renewed.Owner));
        await bob.SignalAsync(taskOfBob);
        Assert.Equal(StreamLogsResponse.EventOneofCase.Sealed, (await logOfBob.NextAsync()).EventCase);
        Assert.True(server.IsRunning);
    }

    private static async Task<CaDirectory> CaOfAsync(params string[] users)
    {
        var ca = new CaDirectory();
        await ca.RunAsync("init");
        await ca.RunAsync("issue-server");
        foreach (var user in users)
        {
            await ca.RunAsync("issue-user", user);
        }

        return ca;
    }

    // The server and its clients have the CA's files from here on, and the server the CA's own list.
    private static async Task MoveToAsync(LevityServer server, CaDirectory ca)
    {
        File.Copy(ca.PathOf("server.crt"), server.Certificates.Server.CertificateFile, overwrite: true);
        File.Copy(ca.PathOf("server.key"), server.Certificates.Server.KeyFile, overwrite: true);
        File.Copy(ca.PathOf("client-ca.crt"), server.Certificates.ClientCa, overwrite: true);
        File.Copy(ca.PathOf("server-ca.crt"), server.Certificates.ServerCa, overwrite: true);
        await server.SigtermAsync();
        await server.RestartAsync(new ServerSettings { Crl = _ => ca.PathOf("client-ca.crl") });
    }
}
