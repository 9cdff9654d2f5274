namespace Levity.Cli.Output;

/// <summary>Whoever read our output has gone, as <c>head</c> does. No reason to say a word.</summary>
internal sealed class BrokenPipeException(Exception cause)
    : CommandException("the reader of the output has gone", cause, ExitCodes.BrokenPipe);
