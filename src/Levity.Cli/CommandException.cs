namespace Levity.Cli;

/// <summary>Ends the command with one line on stderr, the message, and an exit code.</summary>
internal class CommandException(string message, Exception? cause = null, int exitCode = ExitCodes.Failure)
    : Exception(message, cause)
{
    public int ExitCode { get; } = exitCode;
}
