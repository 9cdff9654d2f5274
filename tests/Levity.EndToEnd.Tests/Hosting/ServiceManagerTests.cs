using System.Net.Sockets;
using System.Text;
using Levity.EndToEnd.Tests.Fixtures;
using Levity.Protocol;

namespace Levity.EndToEnd.Tests.Hosting;

/// <summary>levityd under a service manager, as the units in deploy/systemd have it.</summary>
public sealed class ServiceManagerTests : IDisposable
{
    // sd_notify(3): a datagram to the socket that NOTIFY_SOCKET names.
    private readonly Socket _notified = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("lv-");

    public void Dispose()
    {
        _notified.Dispose();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public async Task It_is_told_when_levityd_listens()
    {
        var path = Path.Combine(_directory.FullName, "notify");
        _notified.Bind(new UnixDomainSocketEndPoint(path));

        await using var server = await LevityServer.StartAsync(
            new ServerSettings { Environment = new Dictionary<string, string> { ["NOTIFY_SOCKET"] = path } });

        var datagram = new byte[256];
        var length = await _notified.ReceiveAsync(datagram, TestContext.Current.CancellationToken)
            .AsTask().WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        Assert.Equal("READY=1", Encoding.ASCII.GetString(datagram, 0, length));
    }

    [Fact]
    public async Task A_supervisor_that_is_its_own_service_is_used_and_never_started()
    {
        await using var server = await LevityServer.StartAsync();
        var id = await server.Client().StartAsync("sleep", "1000");
        await server.SigtermAsync();
        var supervisor = server.SupervisorPid;

        await server.RestartAsync(new ServerSettings { Configuration = "supervisor = \"off\"" });

        Assert.Equal(TaskStatusCode.Running, (await server.Client().QueryAsync(id)).StatusCode);
        Assert.Equal(supervisor, server.SupervisorPid);

        await server.SigtermAsync();
        await server.StopSupervisorAsync();
        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => server.RestartAsync());

        Assert.Contains("told to start none (--supervisor off)", refusal.Message, StringComparison.Ordinal);
        Assert.Null(server.FindSupervisor());
    }
}
