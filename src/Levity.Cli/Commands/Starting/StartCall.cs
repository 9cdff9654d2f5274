using Levity.Client;
using Levity.Protocol;

namespace Levity.Cli.Commands.Starting;

/// <summary>Has a task started, once, however often that takes a call: its key makes a call safe to repeat.</summary>
internal static class StartCall
{
    /// <exception cref="LevityException">It is not started.</exception>
    /// <exception cref="CommandException">Nobody knows whether it is.</exception>
    public static async Task<StartTaskResponse> MakeAsync(
        StartTaskRequest request, LevityClient client, CancellationToken cancellationToken)
    {
        try
        {
            return await client.StartAsync(request, cancellationToken);
        }
        catch (LevityException e) when (e.MayHaveBeenDone)
        {
            throw new CommandException(
                $"{e.Message}; --request-key {request.RequestKey} repeats this start and makes no second one",
                e,
                ExitCodes.Of(e.Kind));
        }
    }
}
