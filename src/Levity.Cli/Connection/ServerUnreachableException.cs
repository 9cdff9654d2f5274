namespace Levity.Cli.Connection;

/// <summary>
/// There is no connection, or no longer one. Trying again may help, unlike with every other
/// <see cref="CommandException"/>.
/// </summary>
internal sealed class ServerUnreachableException(string message, Exception? cause = null)
    : CommandException(message, cause)
{
    /// <summary>The server has ended the stream because we did not read on: whoever reads from us took a rest.</summary>
    public bool BecauseWeStoppedReading { get; init; }
}
