using CsCheck;
using Levity.EndToEnd.Tests.Fixtures;
using Levity.Soak.Model;

namespace Levity.Soak.Scenarios;

/// <summary>
/// Random operations of several clients, with kills of levityd in between; each history must be one that tasks can have,
/// where a call that was not answered has happened or has not. A history that is none is shrunk.
/// </summary>
internal sealed class ModelHistories : IScenario
{
    private const int Longest = 200;

    public string Name => "model";

    public async Task RunAsync(Soaking soaking)
    {
        await using var server = await LevityServer.StartAsync();
        using var client = new TestClient(server.Address, server.Certificates.ServerCa, server.Certificates.Alice);
        using var killing = new SemaphoreSlim(1);

        // CsCheck is synchronous, and writes its own seed into what it throws.
        await Task.Run(() => Operation.Any.Array[1, Longest].Sample(
            operations =>
            {
                soaking.CancellationToken.ThrowIfCancellationRequested();
                var history = new History(server, client, killing);
                var fault = history.RunAsync(operations).GetAwaiter().GetResult();
                for (var i = 0; i < history.Kills; i++)
                {
                    soaking.Tally.Fault();
                }

                for (var i = 0; i < history.Tasks; i++)
                {
                    soaking.Tally.Task();
                }

                Assert.True(fault is null, fault);
            },
            seed: new PCG(1, (ulong)soaking.Random.Next()).ToString(),
            iter: soaking.Options.Amount(full: 1000, quick: 30),
            threads: 1));
    }
}
