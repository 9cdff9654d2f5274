using Grpc.Core;
using Levity.Protocol;

namespace Levity.Cli.Connection;

/// <summary>
/// Receives a log. A follower outlives the connection and the server: when the stream breaks off it connects again, and
/// goes on after the last message that was passed on, so that no byte is lost and none comes twice.
/// (gRPC's own retries end where the first message begins.) So does everybody whom the server has cut off for not
/// reading: with <c>levity logs | less</c> that is what reading looks like.
/// </summary>
internal sealed class LogReceiver(ConnectionOptions options, CommandContext context)
{
    private readonly Reconnection _reconnection = new(options.Timeout * 3, context.Time);

    private bool _wasAccepted;

    /// <param name="request">Its cursor moves on with what is received.</param>
    /// <param name="write">Gets each message, in order, once.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <exception cref="CommandException">It cannot begin, or cannot go on.</exception>
    public async Task ReceiveAsync(
        StreamLogsRequest request, Action<StreamLogsResponse> write, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await ReceiveOnceAsync(request, write, cancellationToken);
                return;
            }
            catch (ServerUnreachableException e)
                when (_wasAccepted && (request.Follow || e.BecauseWeStoppedReading))
            {
                if (_reconnection.Lost() && !e.BecauseWeStoppedReading)
                {
                    context.Output.Report("connection lost, resuming…");
                }

                if (!await _reconnection.PauseAsync(cancellationToken))
                {
                    throw;
                }
            }
        }
    }

    private async Task ReceiveOnceAsync(
        StreamLogsRequest request, Action<StreamLogsResponse> write, CancellationToken cancellationToken)
    {
        using var connection = await ServerConnection.OpenAsync(options, context.Time, cancellationToken);
        _reconnection.Connected();
        using var call = connection.Client.StreamLogs(request, cancellationToken: cancellationToken);
        var isSealed = false;
        try
        {
            while (await call.ResponseStream.MoveNext(cancellationToken))
            {
                var message = call.ResponseStream.Current;
                write(message);
                request.Cursor = message.Cursor;
                request.ClearTailLines();
                _reconnection.Progress();
                isSealed = message.EventCase == StreamLogsResponse.EventOneofCase.Sealed;
            }
        }
        catch (RpcException) when (isSealed)
        {
            // What was cut off is no more than the goodbye.
        }
        catch (RpcException e)
        {
            throw connection.Explain(e);
        }
        finally
        {
            _wasAccepted |= connection.IsAccepted;
        }

        if (request.Follow && !isSealed)
        {
            throw new ServerUnreachableException($"{options.Address} ended the stream before the log's end");
        }
    }
}
