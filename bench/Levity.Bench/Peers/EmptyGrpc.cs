using Levity.Bench.Processes;
using Levity.Bench.UnderTest;

namespace Levity.Bench.Peers;

/// <summary>The empty gRPC server, in a process of its own as levityd is.</summary>
internal sealed class EmptyGrpc : IAsyncDisposable
{
    private readonly Companion _process;

    private EmptyGrpc(Companion process, string address, TimeSpan readyAfter)
    {
        _process = process;
        Address = address;
        ReadyAfter = readyAfter;
    }

    public string Address { get; }

    /// <summary>From its spawn until it said that it listens.</summary>
    public TimeSpan ReadyAfter { get; }

    public static async Task<EmptyGrpc> StartAsync(Workbench bench, CancellationToken cancellationToken)
    {
        var began = TimeProvider.System.GetTimestamp();
        var process = Companion.Start(Programs.Bench, EmptyGrpcServer.Verb, bench.Certificates.Directory);
        try
        {
            var address = await process.ReadyAsync("Listening on ", cancellationToken);
            return new EmptyGrpc(process, address, TimeProvider.System.GetElapsedTime(began));
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _process.Input.Close();
        await _process.DisposeAsync();
    }
}
