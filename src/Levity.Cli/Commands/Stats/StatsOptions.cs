using System.CommandLine;
using System.Runtime.CompilerServices;
using Levity.Cli.Commands.Naming;
using Levity.Client;
using Levity.Protocol;

namespace Levity.Cli.Commands.Stats;

/// <summary>Of which tasks it is told what they use, and how often.</summary>
internal sealed class StatsOptions
{
    private readonly TaskArgument _tasks = new(takesMany: true, mayBeNone: true);

    private readonly Option<bool> _allOwners = new("--all-owners")
    {
        Description = "The tasks of all users, if you may read them.",
        Arity = ArgumentArity.Zero,
    };

    private readonly DurationOption _interval;

    /// <param name="defaultInterval">What the server does when it is told nothing, or what is asked of it then.</param>
    public StatsOptions(string defaultInterval) =>
        _interval = new DurationOption("--interval", $"From one look to the next, half a second to an hour [default {defaultInterval}].");

    public void AddTo(Command command)
    {
        _tasks.AddTo(command);
        command.Options.Add(_allOwners);
        command.Options.Add(_interval);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_allOwners) && _tasks.IsGivenTo(result))
            {
                result.AddError("TASK and --all-owners exclude each other");
            }
        });
    }

    /// <summary>Whether tasks of others are among them.</summary>
    public bool AreOfOthers(ParseResult parsed) => parsed.GetValue(_allOwners);

    /// <summary>All that were asked for, round by round; until all of them are over, where some were named.</summary>
    /// <exception cref="CommandException">One that was named is not there.</exception>
    /// <exception cref="LevityException">The server cannot be asked.</exception>
    public async IAsyncEnumerable<IReadOnlyList<TaskStats>> ReadAsync(
        ParseResult parsed,
        LevityClient client,
        StreamStatsRequest request,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        request.Everybody = parsed.GetValue(_allOwners);
        request.Interval = _interval.Read(parsed) ?? request.Interval;
        var streams = new List<IAsyncEnumerator<IReadOnlyList<TaskStats>>>();
        try
        {
            foreach (var task in _tasks.Read(parsed))
            {
                var one = request.Clone();
                one.TaskId = await task.FindAsync(client, cancellationToken);
                streams.Add(client.StreamStatsAsync(one, cancellationToken).GetAsyncEnumerator(cancellationToken));
            }

            if (streams.Count == 0)
            {
                streams.Add(client.StreamStatsAsync(request, cancellationToken).GetAsyncEnumerator(cancellationToken));
            }

            while (await NextAsync(streams) is { } round)
            {
                yield return round;
            }
        }
        finally
        {
            foreach (var stream in streams)
            {
                await stream.DisposeAsync();
            }
        }
    }

    // They have the same interval, and nobody is waited for for long.
    private static async Task<IReadOnlyList<TaskStats>?> NextAsync(List<IAsyncEnumerator<IReadOnlyList<TaskStats>>> streams)
    {
        var goOn = await Task.WhenAll(streams.Select(stream => stream.MoveNextAsync().AsTask()));
        for (var i = streams.Count - 1; i >= 0; i--)
        {
            if (!goOn[i])
            {
                await streams[i].DisposeAsync();
                streams.RemoveAt(i);
            }
        }

        return streams.Count == 0 ? null : [.. streams.SelectMany(stream => stream.Current)];
    }
}
