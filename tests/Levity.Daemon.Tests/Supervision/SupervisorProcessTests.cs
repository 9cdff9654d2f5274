using System.Net.Sockets;
using Levity.Daemon.Supervision;
using Levity.Daemon.Tests.Fakes;
using Levity.Protocol.Supervisor;

namespace Levity.Daemon.Tests.Supervision;

public sealed class SupervisorProcessTests : IDisposable
{
    private readonly TemporaryDirectory _state = new();

    public void Dispose() => _state.Dispose();

    [Fact]
    public async Task A_supervisor_that_is_there_is_not_started_again()
    {
        using var supervisor = new SupervisorSocket(_state.Path);

        using var socket = await ConnectAsync("/nowhere/levity-supervisor");

        Assert.True(socket.Connected);
    }

    [Fact]
    public async Task A_program_that_is_not_there_is_named()
    {
        var e = await Assert.ThrowsAsync<SupervisorUnavailableException>(() => ConnectAsync("/nowhere/to/be/found"));

        Assert.Contains("/nowhere/to/be/found", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_supervisor_says_that_does_not_start_is_repeated()
    {
        // ls does not know --state-dir either.
        var e = await Assert.ThrowsAsync<SupervisorUnavailableException>(() => ConnectAsync("/bin/ls"));

        Assert.Contains("exit code 2", e.Message, StringComparison.Ordinal);
        Assert.Contains("--state-dir", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_supervisor_that_starts_and_does_not_listen_is_no_supervisor()
    {
        var e = await Assert.ThrowsAsync<SupervisorUnavailableException>(() => ConnectAsync("/bin/true"));

        Assert.Contains("/bin/true", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_socket_of_a_killed_supervisor_is_no_supervisor()
    {
        // Bound, and nobody listens: to whoever connects it looks the same.
        using var leftover = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        leftover.Bind(new UnixDomainSocketEndPoint(_state[ControlProtocol.SocketName]));

        var e = await Assert.ThrowsAsync<SupervisorUnavailableException>(() => ConnectAsync("/bin/ls"));

        Assert.Contains("exit code 2", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_program_none_is_started_and_the_commands_that_do_are_named()
    {
        var e = await Assert.ThrowsAsync<SupervisorUnavailableException>(() => ConnectAsync(program: null));

        Assert.Contains($"levity-supervisor start --state-dir {_state.Path}", e.Message, StringComparison.Ordinal);
    }

    private Task<Socket> ConnectAsync(string? program) =>
        Soon.Async(new SupervisorProcess(program, _state.Path, requireOurs: () => { }).ConnectAsync(TestContext.Current.CancellationToken));
}
