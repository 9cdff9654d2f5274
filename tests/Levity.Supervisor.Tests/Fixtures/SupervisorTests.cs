namespace Levity.Supervisor.Tests.Fixtures;

/// <summary>Tests that have a supervisor each, and somebody who asks it as levityd does.</summary>
public abstract class SupervisorTests : IAsyncLifetime
{
    private protected SupervisorUnderTest Supervisor { get; private set; } = null!;

    private protected ControlClient Client { get; set; } = null!;

    public virtual async ValueTask InitializeAsync()
    {
        Supervisor = await SupervisorUnderTest.StartAsync();
        Client = await Supervisor.HelloAsync();
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Client.DisposeAsync();
        await Supervisor.DisposeAsync();
    }
}
