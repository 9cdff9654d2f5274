using Levity.Cli.Output;
using Levity.Client;
using Levity.Protocol;

namespace Levity.Cli.Commands.Attaching;

/// <summary>A task's output here and, where there is a session, our input there.</summary>
internal static class AttachedTask
{
    /// <summary>Prints its output until it is over.</summary>
    /// <param name="log">From where on; it is followed.</param>
    /// <param name="session">None when nothing is passed on.</param>
    /// <param name="comesLater">It was there before: what it has drawn until now is not seen.</param>
    /// <exception cref="CommandException">The keys for that were typed: with exit code 0.</exception>
    /// <exception cref="LevityException">It cannot be read, or not any more.</exception>
    public static async Task PrintAsync(
        StreamLogsRequest log,
        InputSession? session,
        bool comesLater,
        LevityClient client,
        ConsoleOutput output,
        CancellationToken cancellationToken)
    {
        log.Follow = true;
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(
            cancellationToken, session?.Detached ?? CancellationToken.None);
        var printer = new LogPrinter(output, withTimes: false, session?.Screen);
        var isDrawn = !comesLater;
        try
        {
            await foreach (var message in client.StreamLogsAsync(log, Resuming, ending.Token))
            {
                printer.Print(message);
                if (!isDrawn)
                {
                    // Not before: what it draws would be before what is read.
                    isDrawn = true;
                    _ = session?.DrawAsync();
                }
            }
        }
        catch (OperationCanceledException e) when (session is { Detached.IsCancellationRequested: true })
        {
            throw new CommandException(
                $"detached: `levity attach {log.TaskId.Id}` goes back to it", e, ExitCodes.Success);
        }

        void Resuming() => output.Report("connection lost, resuming…");
    }
}
