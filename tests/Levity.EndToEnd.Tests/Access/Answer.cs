using Grpc.Core;

namespace Levity.EndToEnd.Tests.Access;

/// <summary>What came of a call: the server's status with all that came with it, or no connection at all.</summary>
/// <param name="Status">The server's; null when it has refused the connection.</param>
/// <param name="Detail">Its message; where there was no connection, why.</param>
/// <param name="Metadata">The headers and trailers that an answer consists of, but for the date.</param>
internal sealed record Answer(StatusCode? Status, string Detail, string Metadata)
{
    public static async Task<Answer> OfAsync(Func<Task> call, Task<Metadata> headers, Func<Metadata> trailers)
    {
        try
        {
            await call();
            return new Answer(StatusCode.OK, "", "");
        }
        catch (RpcException e) when (e.Status.DebugException is { } local)
        {
            // An exception stands for a status that the client made up, because there was no answer.
            return new Answer(null, local.ToString(), "");
        }
        catch (RpcException e)
        {
            return new Answer(
                e.StatusCode, e.Status.Detail, $"{Format(await headers)}--\n{Format(trailers())}");
        }
    }

    /// <summary>The same answer as if it had been about this id.</summary>
    public Answer About(string id, string other) => new(
        Status,
        Detail.Replace(id, other, StringComparison.Ordinal),
        Metadata.Replace(id, other, StringComparison.Ordinal));

    public override string ToString() => Status?.ToString() ?? "refused";

    private static string Format(Metadata metadata) => string.Concat(
        metadata.Where(entry => entry.Key != "date").Select(entry => $"{entry.Key}: {entry.Value}\n"));
}
