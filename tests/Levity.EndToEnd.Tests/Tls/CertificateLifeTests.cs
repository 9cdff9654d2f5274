using System.Net.Security;
using System.Security.Authentication;
using Grpc.Core;
using Levity.EndToEnd.Tests.Fixtures;
using Levity.Protocol;

namespace Levity.EndToEnd.Tests.Tls;

/// <summary>What the server trusts is replaced while it serves: nobody notices but those who are not trusted any more.</summary>
public sealed class CertificateLifeTests
{
    private static readonly ServerSettings WithCrl = new() { Crl = certificates => certificates.Clients.Revoke() };

    [Fact]
    public async Task A_new_server_certificate_is_taken_under_load_and_no_call_fails()
    {
        await using var server = await LevityServer.StartAsync();
        await using var load = await CallLoad.StartAsync(server, server.Certificates.Alice);

        for (var generation = 0; generation < 3; generation++)
        {
            // The key first: for a moment the two files do not belong together.
            var renewed = server.Certificates.Servers.IssueServer($"renewed-{generation}", "localhost", "127.0.0.1");
            File.Move(renewed.KeyFile, server.Certificates.Server.KeyFile, overwrite: true);
            await load.SomeMoreAsync();
            File.Move(renewed.CertificateFile, server.Certificates.Server.CertificateFile, overwrite: true);
            await server.SaysAsync($"server {server.Certificates.Server.Load().SerialNumber}");
            await load.SomeMoreAsync();
        }

        await load.EndAsync();
    }

    [Fact]
    public async Task During_a_change_of_CA_the_old_and_the_new_one_are_good_and_then_only_the_new_one()
    {
        await using var server = await LevityServer.StartAsync();
        using var newClients = server.Certificates.NewAuthority("client-ca-2");
        var newAlice = newClients.IssueUser("alice-2", "alice");
        var task = await server.Client().ShellAsync("echo ready; exec sleep 300");
        using var ofOld = server.Client().Follow(task);
        await ofOld.NextAsync();
        await using var load = await CallLoad.StartAsync(server, server.Certificates.Alice);

        server.Certificates.TrustClientsOf(server.Certificates.Clients, newClients);
        await server.SaysAsync("2 client CAs");
        await using var newLoad = await CallLoad.StartAsync(server, newAlice);
        await load.SomeMoreAsync();
        await newLoad.SomeMoreAsync();
        await load.EndAsync();
        server.Certificates.TrustClientsOf(newClients);

        var end = await Assert.ThrowsAsync<RpcException>(() => ofOld.NextAsync());
        Assert.Equal(StatusCode.Unauthenticated, end.StatusCode);
        Assert.Contains("not trusted here any more", end.Status.Detail, StringComparison.Ordinal);
        await RefusedAsync(server, server.Certificates.Alice);
        await newLoad.SomeMoreAsync();
        await newLoad.EndAsync();
    }

    [Fact]
    public async Task Who_is_revoked_loses_streams_and_connections_and_keeps_the_tasks_for_a_new_certificate()
    {
        await using var server = await LevityServer.StartAsync(WithCrl);
        var certificates = server.Certificates;
        var task = await server.Client().ShellAsync("echo ready; exec sleep 300");
        using var log = server.Client().Follow(task);
        await log.NextAsync();
        await using var idle = await RawConnection.OpenAsync(server, certificates.Alice);
        await using var others = await CallLoad.StartAsync(server, certificates.Bob);

        certificates.Clients.Revoke(certificates.Alice);

        var end = await Assert.ThrowsAsync<RpcException>(() => log.NextAsync());
        Assert.Equal(
            (StatusCode.Unauthenticated, "the certificate of alice has been revoked"), (end.StatusCode, end.Status.Detail));
        await RawConnection.EndAsync(idle);
        await RefusedAsync(server, certificates.Alice);
        await others.SomeMoreAsync();
        await others.EndAsync();
        var renewed = server.Client(certificates.Clients.IssueUser("renewed", "alice"));
        Assert.Equal(TaskStatusCode.Running, (await renewed.QueryAsync(task)).StatusCode);
    }

    [Fact]
    public async Task When_the_operator_wants_it_tasks_end_with_the_certificate_they_were_started_with()
    {
        var settings = WithCrl with { Configuration = "stop-tasks-of = [\"revoked\"]" };
        await using var server = await LevityServer.StartAsync(settings);
        var (clients, first) = (server.Certificates.Clients, server.Certificates.Alice);
        var (second, third) = (clients.IssueUser("second", "alice"), clients.IssueUser("third", "alice"));
        var ofFirst = await server.Client(first).StartAsync("sleep", "300");
        var ofSecond = await server.Client(second).StartAsync("sleep", "300");
        var ofThird = await server.Client(third).StartAsync("sleep", "300");

        clients.Revoke(first);
        var end = await server.Client(third).EndAsync(ofFirst);

        // While levityd is not there.
        await server.Kill9Async();
        await server.RestartAsync(settings with { Crl = _ => clients.Revoke(first, second) });
        var owner = server.Client(third);
        await owner.EndAsync(ofSecond);

        Assert.Equal(
            (TaskStatusCode.Finished, 15, "levityd: the certificate it was started with has been revoked"),
            (end.StatusCode, end.Ending.Signal, end.Ending.StopRequestedBy));
        Assert.Equal(TaskStatusCode.Running, (await owner.QueryAsync(ofThird)).StatusCode);
    }

    [Fact]
    public async Task A_call_on_a_connection_from_before_the_revocation_is_refused()
    {
        await using var server = await LevityServer.StartAsync(WithCrl);
        var client = server.Client();
        var task = await client.StartAsync("true");

        server.Certificates.Clients.Revoke(server.Certificates.Alice);
        await server.SaysAsync("with 1 certificates");

        await client.RefusedAsync(task);
    }

    [Fact]
    public async Task A_broken_file_changes_nothing_and_is_told_once_and_so_is_its_repair()
    {
        await using var server = await LevityServer.StartAsync(WithCrl);
        var certificates = server.Certificates;
        var crl = certificates.Clients.ListFile;
        var good = await File.ReadAllBytesAsync(crl, TestContext.Current.CancellationToken);
        await using var load = await CallLoad.StartAsync(server, certificates.Alice);

        // In place, as an editor or a full disk leaves it.
        await File.WriteAllBytesAsync(crl, good[..(good.Length / 2)], TestContext.Current.CancellationToken);
        await server.SaysAsync($"stays in force for the revocation lists: list 1 of '{crl}'");
        await File.WriteAllTextAsync(certificates.ClientCa, "", TestContext.Current.CancellationToken);
        await server.SaysAsync($"stays in force for the CAs of clients: '{certificates.ClientCa}'");
        await load.SomeMoreAsync();
        certificates.TrustClientsOf(certificates.Clients);
        await server.SaysAsync("All is well again with the CAs of clients");
        await File.WriteAllBytesAsync(crl, good, TestContext.Current.CancellationToken);
        await server.SaysAsync("All is well again with the revocation lists");

        await load.EndAsync();
        Assert.Single(server.LastMessages.Split('\n'), said => said.Contains("for the revocation lists:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task SIGHUP_has_the_files_read_again_and_answers()
    {
        await using var server = await LevityServer.StartAsync();

        await Signals.SendAsync("HUP", server.Pid);

        await server.SaysAsync("Certificates have been read");
        Assert.True(server.IsRunning);
    }

    private static async Task RefusedAsync(LevityServer server, Identity user) => Assert.Null(
        await RawConnection.GreetAsync(server, user, SslProtocols.Tls13, SslApplicationProtocol.Http2));
}
