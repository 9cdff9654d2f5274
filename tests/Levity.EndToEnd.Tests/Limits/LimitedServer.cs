using Levity.EndToEnd.Tests.Fixtures;

namespace Levity.EndToEnd.Tests.Limits;

/// <summary>One levityd, and a user for each limit.</summary>
public sealed class LimitedServer : IAsyncLifetime
{
    private LevityServer? _server;

    internal LevityServer Server => _server!;

    public async ValueTask InitializeAsync() => _server = await LevityServer.StartAsync(new ServerSettings
    {
        Configuration = """
            [limits]
            running-tasks = 2

            [limits.users.rita]
            starts-per-minute = 1

            [limits.users.lola]
            log-bytes = "4K"

            [limits.users.olga]
            open-streams = 1
            """,
    });

    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;

    internal Identity Issue(string user) => Server.Certificates.Clients.IssueUser(user, user);
}
