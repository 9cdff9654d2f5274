using Grpc.Core;

namespace Levity.Daemon.Tests.Fakes;

/// <summary>A client that takes so many messages, and then does not read any more.</summary>
internal sealed class StuckWriter<T>(int taken) : IServerStreamWriter<T>
{
    public WriteOptions? WriteOptions { get; set; }

    public int Waiting { get; private set; } = -taken;

    public Task WriteAsync(T message) => WriteAsync(message, CancellationToken.None);

    public Task WriteAsync(T message, CancellationToken cancellationToken) => ++Waiting <= 0
        ? Task.CompletedTask
        : Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
}
