namespace Levity.EndToEnd.Tests.Fixtures;

/// <summary>One levityd for all tests of a class: for tests that leave it as they found it.</summary>
public sealed class SharedServer : IAsyncLifetime
{
    internal LevityServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Server = await LevityServer.StartAsync();

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
