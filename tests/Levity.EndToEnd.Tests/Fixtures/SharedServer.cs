namespace Levity.EndToEnd.Tests.Fixtures;

/// <summary>One levityd for all tests of a class: for tests that leave it as they found it.</summary>
public sealed class SharedServer : IAsyncLifetime
{
    private LevityServer? _server;

    internal LevityServer Server => _server!;

    public async ValueTask InitializeAsync() => _server = await LevityServer.StartAsync();

    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;
}
