using System.Net.Sockets;
using Levity.Protocol.Supervisor;
using Levity.Supervisor.State;

namespace Levity.Supervisor.Tests.State;

public sealed class SupervisorDirectoryTests : IDisposable
{
    private readonly DirectoryInfo _state = Directory.CreateTempSubdirectory("lv-");

    public void Dispose() => _state.Delete(recursive: true);

    [Fact]
    public async Task One_that_is_dying_still_is_waited_for()
    {
        // It holds the lock and does not listen any more.
        var dying = SupervisorDirectory.Take(_state.FullName, TimeProvider.System);
        using var waiting = new ManualResetEventSlim();

        var taking = Task.Run(
            () =>
            {
                waiting.Set();
                return SupervisorDirectory.Take(_state.FullName, TimeProvider.System);
            },
            TestContext.Current.CancellationToken);
        waiting.Wait(TestContext.Current.CancellationToken);
        Assert.False(taking.IsCompleted);
        dying.Dispose();

        (await taking).Dispose();
    }

    [Fact]
    public void One_that_serves_is_not_waited_for()
    {
        using var serving = SupervisorDirectory.Take(_state.FullName, TimeProvider.System);
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(Path.Combine(_state.FullName, ControlProtocol.SocketName)));
        listener.Listen();

        Assert.Throws<IOException>(() => SupervisorDirectory.Take(_state.FullName, new StoppedClock()));
    }

    [Fact]
    public void A_directory_that_is_not_there_is_not_waited_for() => Assert.Throws<DirectoryNotFoundException>(
        () => SupervisorDirectory.Take(Path.Combine(_state.FullName, "nowhere"), new StoppedClock()));

    // Who waits by this one waits for ever.
    private sealed class StoppedClock : TimeProvider
    {
        public override long GetTimestamp() => 0;
    }
}
