using Levity.EndToEnd.Tests.Fixtures;

namespace Levity.EndToEnd.Tests.Security;

/// <summary>One levityd that lets few in at once.</summary>
public sealed class GuardedServer : IAsyncLifetime
{
    private LevityServer? _server;

    internal LevityServer Server => _server!;

    public async ValueTask InitializeAsync() => _server = await LevityServer.StartAsync(new ServerSettings
    {
        Configuration = """
            connections-per-address = 6
            handshakes = 8
            handshakes-per-address = 4
            handshake-timeout = "5m"

            [limits.users.carol]
            connections = 2
            """,
    });

    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;
}
