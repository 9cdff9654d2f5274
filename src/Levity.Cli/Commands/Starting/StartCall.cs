using Levity.Cli.Connection;
using Levity.Protocol;

namespace Levity.Cli.Commands.Starting;

/// <summary>Has a task started, once, however often that takes a call: its key makes a call safe to repeat.</summary>
internal static class StartCall
{
    /// <exception cref="CommandException">It is not started, or nobody knows.</exception>
    public static async Task<StartTaskResponse> MakeAsync(
        StartTaskRequest request, ConnectionOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        var call = new RepeatedCall(options, time);
        try
        {
            return await call.CallAsync((client, callOptions) => client.StartTaskAsync(request, callOptions), cancellationToken);
        }
        catch (CommandException e) when (call.IsOpen)
        {
            throw new CommandException(
                $"{e.Message}; --request-key {request.RequestKey} repeats this start and makes no second one", e, e.ExitCode);
        }
    }
}
