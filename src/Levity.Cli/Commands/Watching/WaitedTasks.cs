using Levity.Cli.Output;
using Levity.Client;
using Levity.Protocol;

namespace Levity.Cli.Commands.Watching;

/// <summary>Tasks that are waited for, side by side; each is told of when it is over.</summary>
/// <param name="client">Watches them, on one connection.</param>
/// <param name="context">Where they are told of.</param>
/// <param name="ids">In the order that counts.</param>
/// <param name="areMany">Say which of them.</param>
/// <param name="printer">Prints each; null when nothing is to be printed.</param>
internal sealed class WaitedTasks(
    LevityClient client, CommandContext context, IReadOnlyList<string> ids, bool areMany, IPrinter<EndedTask>? printer)
{
    // Guards the two below, and what is printed.
    private readonly Lock _gate = new();
    private readonly HashSet<string> _over = [];
    private bool _isResuming;

    /// <summary>Those whose end was not heard of yet.</summary>
    public IReadOnlyList<string> NotOver
    {
        get
        {
            lock (_gate)
            {
                return [.. ids.Distinct().Where(id => !_over.Contains(id))];
            }
        }
    }

    /// <summary>Until all are over. One that cannot be waited for, for it is gone, is no reason not to wait for the others.</summary>
    /// <returns>The exit code of the first that is not a success.</returns>
    public async Task<int> AllAsync(CancellationToken cancellationToken)
    {
        var codes = await Task.WhenAll(ids.Distinct().Select(async id =>
        {
            try
            {
                return Tell(id, await client.WaitAsync(id, Resuming, cancellationToken));
            }
            catch (LevityException e) when (areMany)
            {
                return Tell(id, e);
            }
        }));
        return codes.FirstOrDefault(code => code != ExitCodes.Success);
    }

    /// <returns>The exit code of the first that is over; of those that are over already, of the first that is given.</returns>
    public async Task<int> AnyAsync(CancellationToken cancellationToken)
    {
        foreach (var id in ids)
        {
            if (await client.QueryAsync(id, cancellationToken) is var task && StateNames.IsFinal(task.StatusCode))
            {
                return Tell(id, task);
            }
        }

        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var waits = ids.Distinct().ToDictionary(id => client.WaitAsync(id, Resuming, enough.Token), id => id);
        try
        {
            var first = await Task.WhenAny(waits.Keys);
            return Tell(waits[first], await first);
        }
        finally
        {
            await enough.CancelAsync();
            await ((Task)Task.WhenAll(waits.Keys)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private int Tell(string id, LevityException failure)
    {
        lock (_gate)
        {
            context.Output.Report(failure.Message.Contains(id) ? failure.Message : $"{id}: {failure.Message}");
            _over.Add(id);
        }

        return ExitCodes.Of(failure.Kind);
    }

    private int Tell(string id, QueryTaskResponse task)
    {
        var code = ExitCodes.Of(task);
        lock (_gate)
        {
            _over.Add(id);
            _isResuming = false;
            printer?.Print(new EndedTask(id, task));
            var line = EndingLine.Of(task) ?? (areMany && code != ExitCodes.Success ? $"the task exited with {code}" : null);
            if (line is not null)
            {
                context.Output.Report(areMany ? $"{id}: {line}" : line);
            }
        }

        return code;
    }

    // Once, however many wait.
    private void Resuming()
    {
        lock (_gate)
        {
            if (!_isResuming)
            {
                context.Output.Report("connection lost, resuming…");
                _isResuming = true;
            }
        }
    }
}

/// <summary>A task that is over.</summary>
internal sealed record EndedTask(string Id, QueryTaskResponse Report);
