using Microsoft.Extensions.Hosting;

namespace Levity.Daemon.Tests.Fakes;

/// <summary>An application that the test stops.</summary>
internal sealed class FakeApplication : IHostApplicationLifetime, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();

    public CancellationToken ApplicationStarted => new(canceled: true);

    public CancellationToken ApplicationStopping => _stopping.Token;

    public CancellationToken ApplicationStopped => CancellationToken.None;

    public void StopApplication() => _stopping.Cancel();

    public void Dispose() => _stopping.Dispose();
}
