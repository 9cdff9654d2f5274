using Levity.EndToEnd.Tests.Fixtures;

namespace Levity.EndToEnd.Tests.Access;

/// <summary>One levityd that knows all roles.</summary>
public sealed class AccessServer : IAsyncLifetime
{
    private LevityServer? _server;

    internal LevityServer Server => _server!;

    internal Callers Callers { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await LevityServer.StartAsync(new ServerSettings
        {
            Configuration = """
                roles.admin = ["adam"]
                roles.viewer = ["vera"]
                start.allow = ["alice", "bob"]
                """,
        });
        Callers = new Callers(_server.Certificates);
    }

    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;
}
