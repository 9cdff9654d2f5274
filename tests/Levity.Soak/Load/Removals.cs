using Grpc.Core;
using Levity.Protocol;

namespace Levity.Soak.Load;

/// <summary>Tasks that are removed once they are over, by a server that may be killed meanwhile.</summary>
internal sealed class Removals(Arena arena)
{
    private const string Output = "all of it";

    private readonly List<string> _asked = [];
    private string? _next;

    /// <summary>Starts one, and removes the one before, if it is over by now.</summary>
    public async Task MakeOneAsync()
    {
        try
        {
            if (_next is { } id && await arena.Alice.QueryAsync(id) is { StatusCode: TaskStatusCode.Finished, ExitCode: 0 })
            {
                _asked.Add(id);
                _next = null;
                await arena.Alice.RemoveAsync(id);
            }

            _next ??= await arena.Alice.StartAsync("printf", Output);
        }
        catch (RpcException e) when (e.IsNoAnswer())
        {
            // It is looked at in the end.
        }
    }

    /// <summary>Each is gone, or there with all that it has written.</summary>
    public async Task CheckAsync()
    {
        await arena.ReachAsync();
        foreach (var id in _asked)
        {
            try
            {
                var log = (await arena.Alice.FetchAsync(id)).Stdout.ToStringUtf8();
                if (log != Output)
                {
                    arena.Tally.Violation("I4", $"{id} is half removed: its log is '{log}'");
                }
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.NotFound)
            {
                // Removed.
            }
            catch (RpcException e)
            {
                arena.Tally.Violation("I4", $"{id} is half removed: {e.Status}");
            }
        }
    }
}
